import { printable } from '../../domain/deployment.ts';
import { systemErrorCode } from '../../domain/errors.ts';
import type { ProbeOutcome } from '../../ports/probe.ts';

/** The target was found wanting; the message is the reason in words. */
export class Unreached extends Error {}

/** What an attempt already saw when its time ends. */
interface Progress {
  answerBegan: boolean;
}

/** Runs one look at a target within a total time; whatever the target does is an outcome, never an exception. */
export async function attempt<T extends object>(
  timeoutMilliseconds: number,
  look: (signal: AbortSignal, progress: Progress) => Promise<T>,
): Promise<ProbeOutcome<T & { readonly milliseconds: number }>> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMilliseconds);
  const progress: Progress = { answerBegan: false };
  try {
    const answer = await look(timeout.signal, progress);
    return { reached: true, answer: { ...answer, milliseconds: elapsed() } };
  } catch (error) {
    const reason = timeout.signal.aborted
      ? `${progress.answerBegan ? 'the answer did not end' : 'no answer'} within ${timeoutMilliseconds / 1000} s`
      : reasonOf(error, progress);
    return { reached: false, reason, milliseconds: elapsed() };
  } finally {
    clearTimeout(timer);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the host',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ERR_INVALID_CHAR: 'the request has a header that cannot be sent',
};

function reasonOf(error: unknown, progress: Progress): string {
  const code = systemErrorCode(error) ?? '';
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(code)) {
    return `the connection was closed ${progress.answerBegan ? 'within the' : 'before an'} answer`;
  }
  if (code.startsWith('HPE_')) return 'the answer is not valid HTTP';
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return 'the server does not speak TLS';
  const message = error instanceof Error ? error.message : String(error);
  // The words of `pg`, whose error has no code.
  if (message.startsWith('Connection terminated')) return 'the connection was closed before an answer';
  return printable(message);
}
