import type { Command, Fact, Plan, ProcessType } from '../../src/domain/plan.ts';
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
    processes: withPort(plan.processes, settings),
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

/** The main process answers on this port, whatever it was taken for. */
function withPort(processes: Plan['processes'], { port }: PlanSettings): Plan['processes'] {
  const [main, ...others] = processes.value;
  if (port === undefined || port === NONE || main === undefined) return processes;
  const listening: ProcessType = { ...main, exposed: true, port: Number(port) };
  const evidence = [evidenceOf('port', port), ...processes.evidence];
  // The command is as sure as it was: of whether and where it listens there is no doubt any more.
  return { ...processes, value: [listening, ...others], evidence };
}
