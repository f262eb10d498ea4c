import { HiveMindError } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';

/** Asks; only where the operator may be asked. Returns whether the answer is yes. */
export async function isConfirmed({ session }: CommandContext, message: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message,
    initialValue: false,
    input: session.stdin,
    output: session.stderr,
  });
  return !isCancel(answer) && answer;
}

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
