import { type UpdateRequest, updateRequest } from '../../../src/contracts/api.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import type { UpdateOptions } from '../definitions/changing.ts';
import { environmentFrom } from './environment-options.ts';
import { mendingRequest } from './mending-request.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';
import { planSettingsFrom } from './plan-options.ts';
import { checkedRequest, showSwap, swapRequest } from './swap.ts';

/** Puts a new release in the place of the live one. */
export async function update(context: CommandContext, name: string, options: UpdateOptions): Promise<number> {
  requireSwapOptionsThatCount(options);
  const { ref, workingTree, rolling, startTimeout, reversibleMigrations, autoCleanup } = options;
  const request: UpdateRequest = {
    ...swapRequest(options),
    environment: await environmentFrom(context.session, options),
    plan: planSettingsFrom(options),
    ...mendingRequest(options),
    ...(ref !== undefined && { ref }),
    ...(workingTree && { workingTree }),
    ...(rolling && { rolling }),
    ...(startTimeout !== undefined && { startTimeoutSeconds: startTimeout }),
    ...(reversibleMigrations && { reversibleMigrations }),
    ...(autoCleanup && { autoCleanup }),
  };
  const body = checkedRequest(updateRequest, request, 'update');
  const connection = await connectionFor(context, name);
  return await showSwap(context, connection, { path: deploymentPath(name, '/update'), body, options });
}

/** @throws {HiveMindError} InvalidInput: in place there is no second colour that could get a share, or stay warm */
function requireSwapOptionsThatCount({ rolling, steps, keepWarm }: UpdateOptions): void {
  const [name] =
    Object.entries({ '--steps': steps, '--keep-warm': keepWarm }).find(([, value]) => value !== undefined) ??
    [];
  if (!rolling || name === undefined) return;
  throw new HiveMindError('InvalidInput', `--rolling and ${name} exclude each other: it replaces in place`, {
    hint: `leave ${name} out; --bake says how long each instance has to do well`,
  });
}
