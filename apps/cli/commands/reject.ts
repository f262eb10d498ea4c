import { deploymentDocument } from '../../../src/contracts/deployment.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { RejectOptions } from '../definitions/mending.ts';
import { sendAnswer } from '../open-question.ts';
import { waitForExecution } from '../wait-for-execution.ts';
import { deploymentPath } from './named-deployment.ts';
import { namedFix, requireAnswer, showAnswered, workOf } from './named-fix.ts';

/** Declines a proposed fix. That the work then fails is what was asked for, so it is no failure of this command. */
export async function reject(
  context: CommandContext,
  idOrName: string,
  options: RejectOptions,
): Promise<number> {
  const { output } = context;
  const { connection, fix } = await namedFix(context, idOrName);
  await requireAnswer(context, fix, {
    asked: idOrName,
    message: 'Decline this fix?',
    yes: options.yes === true,
  });
  const answered = await sendAnswer(connection, fix, { approve: false });
  if (!options.wait) return await showAnswered(context, connection, answered);
  const since = answered.answer?.at ?? answered.proposedAt;
  const verbose = options.verbose === true;
  await waitForExecution(context, connection, async () => workOf(fix), { verbose, since });
  const document = await connection.get(deploymentPath(fix.deploymentId), deploymentDocument);
  if (output.json) output.document(document);
  else {
    const name = singleLine(fix.deploymentName);
    output.print(
      `declined: ${name} is ${document.deployment.status}; when you have mended it: hivemind retry ${name}`,
    );
  }
  return EXIT.ok;
}
