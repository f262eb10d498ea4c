import { type RetryRequest, retryRequest } from '../../../src/contracts/fix-requests.ts';
import type { CommandContext } from '../command-context.ts';
import type { RetryOptions } from '../definitions/mending.ts';
import { environmentFrom } from './environment-options.ts';
import { mendingRequest } from './mending-request.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';
import { planSettingsFrom } from './plan-options.ts';
import { showStartedWork } from './started-work.ts';
import { checkedRequest } from './swap.ts';
import { showWorkEnd } from './work-end.ts';

/** Runs what failed once more, with what the options change. */
export async function retry(context: CommandContext, name: string, options: RetryOptions): Promise<number> {
  const request: RetryRequest = {
    plan: planSettingsFrom(options),
    environment: await environmentFrom(context.session, options),
    ...mendingRequest(options),
  };
  const body = checkedRequest(retryRequest, request, 'retry');
  const connection = await connectionFor(context, name);
  const order = { path: deploymentPath(name, '/retry'), body, options };
  return await showStartedWork(context, connection, order, showWorkEnd);
}
