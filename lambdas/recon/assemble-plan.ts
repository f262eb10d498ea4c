import type { EnvironmentVariable, Evidence, Fact, Plan, ProcessType } from '../../src/domain/plan.ts';
import { processesOf } from './assemble-processes.ts';
import { believe, distinct } from './belief.ts';
import type { DetectorContext } from './detector-context.ts';
import { isDatabaseVariable } from './environment-names.ts';
import { type Observation, type ObservedField, observationsOf, type Proposals, SURE } from './observation.ts';

/** The observations as a plan. Every field gets a value; where nothing was observed, the default says so. */
export function assemblePlan(
  root: Fact<string>,
  context: DetectorContext,
  observations: readonly Observation[],
): Plan {
  const believed = <F extends ObservedField>(field: F) => believe(observationsOf(observations, field));
  const or = <T>(fact: Fact<T> | undefined, value: T, confidence: number, note: string): Fact<T> =>
    fact ?? byDefault(context, value, confidence, note);
  const processes = processesOf(observations);
  const exposed = processes.value.some((process) => process.exposed);
  const runtime = runtimeOf(processes, believed('runtime'));
  const usesPostgres = (believed('database')?.confidence ?? 0) >= 0.5 && runtime.value !== 'static';
  const database = databaseOf(context, believed('database'), usesPostgres);
  const build = or(believed('build'), null, SURE.clear, 'no build script');
  const released = context.procfile.some((entry) => entry.name === 'release');
  return {
    version: 1,
    root,
    runtime,
    runtimeVersion: or(believed('runtimeVersion'), null, SURE.clear, 'any version, as none is asked for'),
    framework: or(believed('framework'), null, 0.9, 'no known framework'),
    packageManager: or(believed('packageManager'), null, SURE.stated, 'no package.json'),
    packageManagerVersion: or(believed('packageManagerVersion'), null, SURE.clear, 'no version is pinned'),
    install:
      runtime.value === 'static' && build.value === null
        ? byDefault(context, null, SURE.clear, 'nothing to build, so nothing to install')
        : or(believed('install'), null, SURE.stated, 'nothing to install'),
    build,
    processes,
    migrations: or(
      usesPostgres || released ? believed('migrations') : undefined,
      null,
      SURE.clear,
      usesPostgres ? 'no migration script, tool or release command' : 'no migrations without a database',
    ),
    healthCheckPath: or(
      exposed ? believed('healthCheckPath') : undefined,
      '/',
      exposed ? SURE.likely : SURE.stated,
      exposed ? '/, as no health route is in sight' : 'no port, no health check',
    ),
    database,
    services: servicesOf(context, observations),
    environment: environmentOf(context, observations, usesPostgres),
    webSocket: or(
      exposed ? believed('webSocket') : undefined,
      false,
      SURE.clear,
      'no WebSocket server in sight',
    ),
  };
}

function byDefault<T>(
  { folder, packageJson, procfile, entry }: DetectorContext,
  value: T,
  confidence: number,
  note: string,
): Fact<T> {
  const file = packageJson ? 'package.json' : procfile.length > 0 ? 'Procfile' : (entry.path ?? '.');
  return { value, confidence, evidence: [folder.evidence(file, `default: ${note}`)] };
}

/** The runtime of the main process; what other readings say of it stays in the confidence. */
function runtimeOf(
  processes: Fact<readonly ProcessType[]>,
  believed: Fact<Proposals['runtime']> | undefined,
): Plan['runtime'] {
  const serves = processes.value[0]?.command.kind === 'serve';
  if (believed && (believed.value === 'static') === serves) return believed;
  return { value: serves ? 'static' : 'node', confidence: SURE.guess, evidence: processes.evidence };
}

function databaseOf(
  context: DetectorContext,
  believed: Fact<'postgres'> | undefined,
  used: boolean,
): Plan['database'] {
  const given = [...context.environmentNames].find(isDatabaseVariable);
  if (given !== undefined) {
    return {
      value: null,
      confidence: SURE.stated,
      evidence: [{ file: '.', note: `the operator gives ${given}` }],
    };
  }
  if (!believed) return byDefault(context, null, SURE.clear, 'no driver, schema or address of PostgreSQL');
  if (used) return believed;
  return {
    value: null,
    confidence: Math.min(SURE.clear, 1 - believed.confidence),
    evidence: believed.evidence,
  };
}

function servicesOf(context: DetectorContext, observations: readonly Observation[]): Plan['services'] {
  const services = observationsOf(observations, 'service');
  if (services.length === 0) return byDefault(context, [], SURE.clear, 'no client of another service');
  return {
    value: [...new Set(services.map(({ value }) => value))].sort(),
    confidence: SURE.clear,
    evidence: distinct(services.flatMap(({ evidence }) => evidence)),
  };
}

/** A variable is required or secret when any file says so. What HiveMind sets for its database nobody has to give. */
function environmentOf(
  context: DetectorContext,
  observations: readonly Observation[],
  usesPostgres: boolean,
): Plan['environment'] {
  const merged = new Map<string, EnvironmentVariable>();
  const evidence: Evidence[] = [];
  for (const { value, evidence: seen } of observationsOf(observations, 'variable')) {
    if (usesPostgres && isDatabaseVariable(value.name)) continue;
    const known = merged.get(value.name);
    merged.set(value.name, {
      name: value.name,
      required: value.required || (known?.required ?? false),
      secret: value.secret || (known?.secret ?? false),
    });
    evidence.push(...seen);
  }
  if (merged.size === 0) return byDefault(context, [], SURE.clear, 'no variable is named or read');
  const value = [...merged.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { value, confidence: SURE.clear, evidence: distinct(evidence) };
}
