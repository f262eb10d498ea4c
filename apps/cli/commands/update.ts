import { type UpdateRequest, updateRequest } from '../../../src/contracts/api.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import { PLAN_SETTINGS, parsePlanSettings } from '../../../src/domain/plan-settings.ts';
import type { CommandContext } from '../command-context.ts';
import type { UpdateOptions } from '../definitions/changing.ts';
import { environmentFrom } from './environment-options.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';
import { checkedRequest, showSwap, swapRequest } from './swap.ts';

/** Puts a new release in the place of the live one. */
export async function update(context: CommandContext, name: string, options: UpdateOptions): Promise<number> {
  const { ref, workingTree, rolling, startTimeout, reversibleMigrations, autoCleanup } = options;
  const request: UpdateRequest = {
    ...swapRequest(options),
    environment: await environmentFrom(context.session, options),
    plan: settingsFrom(options.set),
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

/** @throws {HiveMindError} InvalidInput: no such setting, or a value that it cannot have */
function settingsFrom(entries: readonly string[]): Record<string, string> {
  const settings = Object.fromEntries(entries.map(settingEntry));
  parsePlanSettings(settings);
  return settings;
}

function settingEntry(entry: string): readonly [string, string] {
  const equals = entry.indexOf('=');
  if (equals > 0) return [entry.slice(0, equals), entry.slice(equals + 1)];
  throw new HiveMindError('InvalidInput', `--set ${entry} has no value`, {
    hint: `write --set KEY=VALUE; keys: ${Object.keys(PLAN_SETTINGS).join(', ')}`,
  });
}
