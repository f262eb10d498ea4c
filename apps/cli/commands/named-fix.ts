import type { Started } from '../../../src/contracts/api.ts';
import { deploymentDocument } from '../../../src/contracts/deployment.ts';
import { type FixView, fixDocument } from '../../../src/contracts/fix.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { executionOfFix, fixNotFound, isOpenQuestion } from '../../../src/domain/fix.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { questionText } from '../render/fix.ts';
import type { Connection } from '../server/connection.ts';
import { openForReading } from '../server/open-connection.ts';
import { requireYes } from './confirmation.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';

export interface NamedFix {
  readonly connection: Connection;
  readonly fix: FixView;
}

/**
 * The fix of this id, or the question that is open about the deployment of this name; shown while it is open.
 * @throws {HiveMindError} FixNotFound, DeploymentNotFound, InvalidName, InvalidInput: several questions are open
 */
export async function namedFix(context: CommandContext, idOrName: string): Promise<NamedFix> {
  const isId = executionOfFix(idOrName) !== undefined;
  const connection = isId ? await openForReading(context) : await connectionFor(context, idOrName);
  if (!connection) throw fixNotFound(singleLine(idOrName));
  const { fix } = await connection.get(`/v1/fixes/${encodeURIComponent(idOrName)}`, fixDocument);
  const { output } = context;
  if (isOpenQuestion(fix)) output.note(`${questionText(fix, output.notePaint)}\n`);
  return { connection, fix };
}

/**
 * An exact id is an answer to what was shown with it; a name needs a yes. What takes no answer any more is not asked about: the
 * control plane says why.
 * @throws {HiveMindError} ConfirmationRequired
 */
export async function requireAnswer(
  context: CommandContext,
  fix: FixView,
  { asked, message, yes }: { readonly asked: string; readonly message: string; readonly yes: boolean },
): Promise<void> {
  if (asked === fix.id || !isOpenQuestion(fix)) return;
  await requireYes(context, { yes, message, what: `an answer to ${fix.id}` });
}

export const workOf = ({ executionId, deploymentId, deploymentName }: FixView): Started => ({
  executionId,
  deploymentId,
  deploymentName,
});

/** For `--no-wait`. */
export async function showAnswered(
  { output }: CommandContext,
  connection: Connection,
  { deploymentId, deploymentName, answer }: FixView,
): Promise<number> {
  const name = singleLine(deploymentName);
  if (output.json) output.document(await connection.get(deploymentPath(deploymentId), deploymentDocument));
  else {
    output.print(
      `${answer?.approved ? 'approved' : 'declined'}: "hivemind status ${name}" shows how it goes on`,
    );
  }
  return EXIT.ok;
}
