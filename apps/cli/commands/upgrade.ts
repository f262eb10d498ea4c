import { type UpgradeRequest, upgradeRequest } from '../../../src/contracts/api.ts';
import type { CommandContext } from '../command-context.ts';
import type { UpgradeOptions } from '../definitions/changing.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';
import { checkedRequest, showSwap, swapRequest } from './swap.ts';

/** Takes a deployment to production. */
export async function upgrade(
  context: CommandContext,
  name: string,
  options: UpgradeOptions,
): Promise<number> {
  const request: UpgradeRequest = swapRequest(options);
  const body = checkedRequest(upgradeRequest, request, 'upgrade');
  const connection = await connectionFor(context, name);
  return await showSwap(context, connection, { path: deploymentPath(name, '/upgrade'), body, options });
}
