import { startedDocument } from '../../../src/contracts/api.ts';
import { type RetryRequest, retryRequest } from '../../../src/contracts/fix-requests.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { RetryOptions } from '../definitions/mending.ts';
import { waitForExecution } from '../wait-for-execution.ts';
import { environmentFrom } from './environment-options.ts';
import { mendingRequest } from './mending-request.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';
import { planSettingsFrom } from './plan-options.ts';
import { checkedRequest } from './swap.ts';
import { showWorkEnd } from './work-end.ts';

/** Runs what failed once more, with what the options change. */
export async function retry(context: CommandContext, name: string, options: RetryOptions): Promise<number> {
  const { output } = context;
  const request: RetryRequest = {
    plan: planSettingsFrom(options),
    environment: await environmentFrom(context.session, options),
    ...mendingRequest(options),
  };
  const body = checkedRequest(retryRequest, request, 'retry');
  const connection = await connectionFor(context, name);
  const start = () => connection.send('POST', deploymentPath(name, '/retry'), body, startedDocument);
  if (!options.wait) {
    const started = await start();
    const shown = singleLine(started.deploymentName);
    if (output.json) output.document(started);
    else output.print(`started in the background: "hivemind status ${shown}" shows how it goes`);
    return EXIT.ok;
  }
  const work = await waitForExecution(context, connection, start, { verbose: options.verbose === true });
  return await showWorkEnd(context, connection, work);
}
