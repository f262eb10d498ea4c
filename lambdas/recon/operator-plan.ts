import type { Command, Fact, Plan } from '../../src/domain/plan.ts';
import { NONE, type PlanSetting, type PlanSettings } from '../../src/domain/plan-settings.ts';
import { commandOf } from './command-line.ts';
import { type Observation, observe, SURE } from './observation.ts';

const evidenceOf = (key: PlanSetting, value: string) => ({
  file: '.',
  note: `set by the operator: ${key}=${value}`,
});

/** The operator's word on how the application starts, over whatever the repository says. */
export function withStartCommand(
  observations: readonly Observation[],
  { start }: PlanSettings,
): readonly Observation[] {
  if (start === undefined) return observations;
  const others = observations.filter(({ field }) => !['main', 'unsupported', 'nearMiss'].includes(field));
  return [...others, observe('main', commandOf(start), SURE.stated, evidenceOf('start', start))];
}

/** The operator's word on everything else. */
export function withPlanSettings(plan: Plan, settings: PlanSettings): Plan {
  const fact = <T>(key: PlanSetting, read: (text: string) => T): Fact<T> | undefined => {
    const text = settings[key];
    if (text === undefined) return undefined;
    return { value: read(text), confidence: SURE.stated, evidence: [evidenceOf(key, text)] };
  };
  return {
    ...plan,
    install: fact('install', commandOrNone) ?? plan.install,
    build: fact('build', commandOrNone) ?? plan.build,
    migrations: fact('migrations', commandOrNone) ?? plan.migrations,
    healthCheckPath: fact('healthCheckPath', (text) => text) ?? plan.healthCheckPath,
    database: fact('database', (text) => (text === NONE ? null : ('postgres' as const))) ?? plan.database,
    webSocket: fact('webSocket', (text) => text === 'true') ?? plan.webSocket,
    runtimeVersion: fact('runtimeVersion', (text) => text) ?? plan.runtimeVersion,
  };
}

const commandOrNone = (text: string): Command | null => (text === NONE ? null : commandOf(text));
