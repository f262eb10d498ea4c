import { setTimeout } from 'node:timers/promises';
import type { InputStream, OutputStream, Session } from './session.ts';

/** What a prompt of `@clack/prompts` is given besides its question. */
export interface PromptStreams {
  readonly input: InputStream;
  readonly output: OutputStream;
  readonly signal: AbortSignal;
}

/**
 * Asks on the streams of the session. A prompt knows Ctrl-C only: at the end of the input it would wait for ever, and the process
 * would end without a word. Here Ctrl-D and a closed terminal are the same as Ctrl-C.
 */
export async function askedOn<T>(
  { stdin, stderr }: Session,
  ask: (streams: PromptStreams) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const end = () => over.abort();
  const onKey = (_: unknown, key: Key | undefined) => {
    if (key?.ctrl && key.name === 'd') end();
  };
  stdin.on('keypress', onKey).once('end', end).once('close', end);
  if (stdin.readableEnded || stdin.destroyed) end();
  try {
    await dropTypedAhead(stdin, end);
    return await ask({ input: stdin, output: stderr, signal: over.signal });
  } finally {
    stdin.off('keypress', onKey).off('end', end).off('close', end);
  }
}

/** Long enough for a terminal to hand over what it has kept. */
const TYPED_AHEAD_MILLISECONDS = 100;
const CTRL_C = '\u0003';

/** What was typed before a question was there is no answer to it; Ctrl-C is one to every question. */
async function dropTypedAhead(stdin: InputStream, end: () => void): Promise<void> {
  if (!stdin.isTTY || !stdin.setRawMode || stdin.destroyed) return;
  const drop = (typed: Buffer | string) => {
    if (typed.toString().includes(CTRL_C)) end();
  };
  stdin.setRawMode(true);
  stdin.on('data', drop).resume();
  await setTimeout(TYPED_AHEAD_MILLISECONDS);
  stdin.off('data', drop).pause();
  stdin.setRawMode(false);
}

/** As `node:readline` tells a key. */
interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
}
