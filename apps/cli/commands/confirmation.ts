import { HiveMindError } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { askedOn } from '../end-of-input.ts';

/**
 * Asks; only where the operator may be asked. Returns whether the answer is yes.
 * @throws {HiveMindError} ConfirmationRequired: there was no answer, but Ctrl-C, Ctrl-D, or the end of the input
 */
export async function isConfirmed({ session }: CommandContext, message: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await askedOn(session, (streams) => confirm({ ...streams, message, initialValue: false }));
  if (!isCancel(answer)) return answer;
  throw new HiveMindError('ConfirmationRequired', 'the question was not answered, and nothing was changed', {
    hint: 'run the command again and answer it, or add --yes',
  });
}

/** Asks for a text; undefined when none is given: Ctrl-C, Ctrl-D, or the end of the input. */
export async function askedText({ session }: CommandContext, message: string): Promise<string | undefined> {
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await askedOn(session, (streams) => text({ ...streams, message }));
  return isCancel(answer) ? undefined : answer;
}

/** Asks for something that nobody may read over a shoulder; undefined when none is given, as above, or at the signal. */
export async function askedSecret(
  { session }: CommandContext,
  message: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await askedOn(session, (streams) =>
    password({
      ...streams,
      ...endedBy(streams.signal, signal),
      message,
      mask: '',
      validate: (value) => (value ? undefined : 'it is empty'),
    }),
  );
  return isCancel(answer) ? undefined : answer;
}

/** Asks for one of several keys; undefined when none is pressed, as above, or at the signal. */
export async function askedKey<K extends string>(
  { session }: CommandContext,
  message: string,
  keys: Readonly<Record<K, string>>,
  signal?: AbortSignal,
): Promise<K | undefined> {
  const { isCancel, selectKey } = await import('@clack/prompts');
  const options = Object.entries<string>(keys).map(([value, label]) => ({ value, label }));
  const answer = await askedOn(session, (streams) =>
    selectKey<string>({ ...streams, ...endedBy(streams.signal, signal), message, options }),
  );
  return isCancel(answer) ? undefined : Object.keys(keys).find((key): key is K => key === answer);
}

const endedBy = (own: AbortSignal, other: AbortSignal | undefined) => ({
  signal: other ? AbortSignal.any([own, other]) : own,
});

/**
 * Nothing goes on without a yes: from `--yes`, or from the operator.
 * @throws {HiveMindError} ConfirmationRequired: nobody may be asked, or the answer is no
 */
export async function requireYes(
  context: CommandContext,
  { yes, message, what }: { readonly yes: boolean; readonly message: string; readonly what: string },
): Promise<void> {
  if (yes || (context.interactive && (await isConfirmed(context, message)))) return;
  throw new HiveMindError('ConfirmationRequired', `${what} needs a yes, and nothing was changed`, {
    hint: 'run the command again with --yes, or in a terminal, where it asks',
  });
}
