import { resumedDocument } from '../../../src/contracts/api.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { openConnection } from '../server/open-connection.ts';

/** Ends the freeze, and tells what goes on. Exit code 1 when a push that came meanwhile could not be started. */
export async function resume(context: CommandContext): Promise<number> {
  const { output } = context;
  const connection = await openConnection(context);
  const document = await connection.send('DELETE', '/v1/freeze', {}, resumedDocument);
  const { freeze, running, pushes, failures } = document;
  const code = failures.length === 0 ? EXIT.ok : EXIT.failed;
  if (output.json) {
    output.document(document);
    return code;
  }
  output.print(freeze ? `resumed: ${running} running` : `nothing was frozen: ${running} running`);
  for (const { deploymentId, decision } of pushes) {
    output.print(`push to ${singleLine(deploymentId)}: ${singleLine(decision)}`);
  }
  for (const { message, hint } of failures) {
    output.note(`a push was not started: ${singleLine(message)}; to do: ${singleLine(hint)}`);
  }
  return code;
}
