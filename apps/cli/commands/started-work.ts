import { startedDocument } from '../../../src/contracts/api.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { Connection } from '../server/connection.ts';
import { type EndedWork, waitForExecution } from '../wait-for-execution.ts';

export interface WorkOrder {
  readonly path: string;
  readonly body: object;
  readonly options: { readonly wait: boolean; readonly verbose?: boolean };
}

/** Starts work on a deployment and shows how it goes; its end, unless nobody waits for it, as `showEnd` has it. */
export async function showStartedWork(
  context: CommandContext,
  connection: Connection,
  { path, body, options }: WorkOrder,
  showEnd: (context: CommandContext, connection: Connection, work: EndedWork) => Promise<number>,
): Promise<number> {
  const { output } = context;
  const start = () => connection.send('POST', path, body, startedDocument);
  if (!options.wait) {
    const started = await start();
    const name = singleLine(started.deploymentName);
    if (output.json) output.document(started);
    else output.print(`started in the background: "hivemind status ${name}" shows how it goes`);
    return EXIT.ok;
  }
  const work = await waitForExecution(context, connection, start, { verbose: options.verbose === true });
  return await showEnd(context, connection, work);
}
