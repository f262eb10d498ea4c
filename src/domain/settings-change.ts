import type { DeploySettings } from './execution.ts';
import type { SettingsChange } from './fix.ts';
import { mergePlanSettings } from './plan-settings.ts';

/** Settings with a change over them; an empty text takes a setting or a variable back. */
export function withChange<T extends DeploySettings>(settings: T, change: SettingsChange): T {
  return {
    ...settings,
    plan: mergePlanSettings(settings.plan, change.plan),
    variables: mergeVariables(settings.variables, change.variables),
    startTimeoutSeconds: change.startTimeoutSeconds ?? settings.startTimeoutSeconds,
  };
}

type Variables = Readonly<Record<string, string>>;

function mergeVariables(earlier: Variables = {}, newer: Variables = {}): Variables | undefined {
  const merged = Object.entries({ ...earlier, ...newer }).filter(([, value]) => value !== '');
  return merged.length === 0 ? undefined : Object.fromEntries(merged);
}

/** Settings without a change, where nothing newer has taken its place; `before` says what there was. */
export function withoutChange<T extends DeploySettings>(
  settings: T,
  change: SettingsChange,
  before: SettingsChange,
): T {
  const stands = change.startTimeoutSeconds === settings.startTimeoutSeconds;
  return withChange(settings, {
    plan: standing(settings.plan, change.plan, before.plan),
    variables: standing(settings.variables, change.variables, before.variables),
    startTimeoutSeconds: stands ? before.startTimeoutSeconds : undefined,
  });
}

/** Of what there was before, the texts whose change still stands. */
function standing(present: Texts = {}, changed: Texts = {}, before: Texts = {}): Record<string, string> {
  const keys = Object.keys(changed).filter((key) => (present[key] ?? '') === (changed[key] ?? ''));
  return Object.fromEntries(keys.map((key) => [key, before[key] ?? '']));
}

/** The change that undoes a change. */
export function changeBack(settings: DeploySettings, change: SettingsChange): SettingsChange {
  return {
    plan: change.plan && takenBack(change.plan, settings.plan),
    variables: change.variables && takenBack(change.variables, settings.variables),
    startTimeoutSeconds: change.startTimeoutSeconds === undefined ? undefined : settings.startTimeoutSeconds,
  };
}

type Texts = Readonly<Partial<Record<string, string | undefined>>>;

function takenBack(changed: Texts, earlier: Texts = {}): Record<string, string> {
  return Object.fromEntries(Object.keys(changed).map((key) => [key, earlier[key] ?? '']));
}
