import { deploymentDocument } from '../../../src/contracts/deployment.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { Connection } from '../server/connection.ts';
import type { EndedWork } from '../wait-for-execution.ts';
import { showVerdict } from './deploy.ts';
import { showDestroyEnd } from './destroy.ts';
import { failureOf } from './execution-failure.ts';
import { deploymentPath } from './named-deployment.ts';
import { showSwapEnd } from './swap.ts';

/** How work ended, as the command shows it that starts such work. @throws {HiveMindError} why it failed */
export async function showWorkEnd(
  context: CommandContext,
  connection: Connection,
  work: EndedWork,
): Promise<number> {
  const { started, execution } = work;
  const path = deploymentPath(started.deploymentId);
  switch (execution.workflow) {
    case 'deploy':
      return await showVerdict(context, connection, work);
    case 'update':
    case 'upgrade':
    case 'rollback':
      return await showSwapEnd(context, connection, work);
    case 'destroy':
      return await showDestroyEnd(
        context,
        connection,
        (await connection.get(path, deploymentDocument)).deployment,
        work,
      );
    case 'retire':
      if (execution.status !== 'SUCCEEDED') throw failureOf(execution, started);
      if (context.output.json) context.output.document(await connection.get(path, deploymentDocument));
      else
        context.output.print(
          `the colour of ${singleLine(started.deploymentName)} without traffic is removed`,
        );
      return EXIT.ok;
  }
}
