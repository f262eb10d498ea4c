import { deploymentListDocument } from '../../../src/contracts/deployment.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { openRunning } from '../server/open-connection.ts';

/** For shell completion: quick, silent, and without side effects. */
export async function names(context: CommandContext): Promise<number> {
  const connection = await openRunning(context);
  const { deployments } = connection
    ? await connection.get('/v1/deployments', deploymentListDocument)
    : { deployments: [] };
  const all = deployments.map(({ name }) => singleLine(name));
  if (context.output.json) context.output.document({ names: all });
  else for (const name of all) context.output.print(name);
  return EXIT.ok;
}
