import { HiveMindError } from '../../../src/domain/errors.ts';
import { PLAN_SETTINGS, parsePlanSettings } from '../../../src/domain/plan-settings.ts';
import type { PlanOptions } from '../definitions/mending-options.ts';

/** What `--set` says. @throws {HiveMindError} InvalidInput: no such setting, or a value that it cannot have */
export function planSettingsFrom({ set }: PlanOptions): Record<string, string> {
  const settings = Object.fromEntries(set.map(settingEntry));
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
