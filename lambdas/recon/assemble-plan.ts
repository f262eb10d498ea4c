import type { EnvironmentVariable, Evidence, Fact, Plan, ProcessType } from '../../src/domain/plan.ts';
import { processesOf } from './assemble-processes.ts';
import { believe, distinct, rounded } from './belief.ts';
import type { DetectorContext } from './detector-context.ts';
import { isDatabaseVariable } from './environment-names.ts';
import { type Observation, type ObservedField, observationsOf, type Proposals, SURE } from './observation.ts';

/** The observations as a plan. Every field gets a value; where nothing was observed, the default says so. */
export function assemblePlan(
  root: Fact<string>,
  context: DetectorContext,
  observations: readonly Observation[],
): Plan {
  const findings = new Findings(context, observations);
  const processes = processesOf(observations);
  const runtime = runtimeOf(processes, findings.believed('runtime'));
  const usesPostgres = (findings.believed('database')?.confidence ?? 0) >= 0.5 && runtime.value !== 'static';
  return {
    version: 1,
    root,
    runtime,
    ...toolFacts(findings, runtime.value),
    processes,
    ...(processes.value.some((process) => process.exposed) ? webFacts(findings) : portlessFacts(findings)),
    migrations: migrationsOf(findings, usesPostgres),
    database: databaseOf(findings, runtime.value, usesPostgres),
    services: servicesOf(findings),
    environment: environmentOf(findings, usesPostgres),
  };
}

/** What is believed of each field, and the default where there is nothing to believe. */
class Findings {
  readonly context: DetectorContext;
  readonly #observations: readonly Observation[];

  constructor(context: DetectorContext, observations: readonly Observation[]) {
    this.context = context;
    this.#observations = observations;
  }

  all<F extends ObservedField>(field: F): readonly Observation<F>[] {
    return observationsOf(this.#observations, field);
  }

  believed<F extends ObservedField>(field: F): Fact<Proposals[F]> | undefined {
    return believe(this.all(field));
  }

  byDefault<T>(value: T, confidence: number, note: string): Fact<T> {
    const { folder, packageJson, procfile, entry } = this.context;
    const file = packageJson ? 'package.json' : procfile.length > 0 ? 'Procfile' : (entry.path ?? '.');
    return { value, confidence, evidence: [folder.evidence(file, `default: ${note}`)] };
  }
}

type ToolField =
  | 'runtimeVersion'
  | 'framework'
  | 'packageManager'
  | 'packageManagerVersion'
  | 'install'
  | 'build';

function toolFacts(findings: Findings, runtime: Proposals['runtime']): Pick<Plan, ToolField> {
  const orNothing = <F extends ToolField>(field: F, confidence: number, note: string) =>
    findings.believed(field) ?? findings.byDefault(null, confidence, note);
  const build = orNothing('build', SURE.clear, 'no build script');
  const untouched = runtime === 'static' && build.value === null;
  return {
    runtimeVersion: orNothing('runtimeVersion', SURE.clear, 'any version, as none is asked for'),
    framework: orNothing('framework', 0.9, 'no known framework'),
    packageManager: orNothing('packageManager', SURE.stated, 'no package.json'),
    packageManagerVersion: orNothing('packageManagerVersion', SURE.clear, 'no version is pinned'),
    install: untouched
      ? findings.byDefault(null, SURE.clear, 'nothing to build, so nothing to install')
      : orNothing('install', SURE.stated, 'nothing to install'),
    build,
  };
}

type WebFacts = Pick<Plan, 'healthCheckPath' | 'webSocket'>;

const webFacts = (findings: Findings): WebFacts => ({
  healthCheckPath:
    findings.believed('healthCheckPath') ??
    findings.byDefault('/', SURE.likely, '/, as no health route is in sight'),
  webSocket:
    findings.believed('webSocket') ?? findings.byDefault(false, SURE.clear, 'no WebSocket server in sight'),
});

const portlessFacts = (findings: Findings): WebFacts => ({
  healthCheckPath: findings.byDefault('/', SURE.stated, 'no port, no health check'),
  webSocket: findings.byDefault(false, SURE.stated, 'no port, no WebSocket'),
});

/** The runtime of the main process; what other readings say of it stays in the confidence. */
function runtimeOf(
  processes: Fact<readonly ProcessType[]>,
  believed: Fact<Proposals['runtime']> | undefined,
): Plan['runtime'] {
  const serves = processes.value[0]?.command.kind === 'serve';
  if (believed && (believed.value === 'static') === serves) return believed;
  return { value: serves ? 'static' : 'node', confidence: SURE.guess, evidence: processes.evidence };
}

/** A Procfile's `release` runs in any case; a script of migrations only where there is a database. */
function migrationsOf(findings: Findings, usesPostgres: boolean): Plan['migrations'] {
  const released = findings.context.procfile.some((entry) => entry.name === 'release');
  if (!usesPostgres && !released)
    return findings.byDefault(null, SURE.clear, 'no migrations without a database');
  const note = 'no migration script, tool or release command';
  return findings.believed('migrations') ?? findings.byDefault(null, SURE.clear, note);
}

function databaseOf(
  findings: Findings,
  runtime: Proposals['runtime'],
  usesPostgres: boolean,
): Plan['database'] {
  const given = [...findings.context.environmentNames].find(isDatabaseVariable);
  if (given !== undefined) {
    return {
      value: null,
      confidence: SURE.stated,
      evidence: [{ file: '.', note: `the operator gives ${given}` }],
    };
  }
  if (runtime === 'static') return findings.byDefault(null, SURE.stated, 'files need no database');
  const believed = findings.believed('database');
  if (!believed) return findings.byDefault(null, SURE.clear, 'no driver, schema or address of PostgreSQL');
  if (usesPostgres) return believed;
  const confidence = Math.min(SURE.clear, 1 - believed.confidence);
  const doubted = findings.byDefault(null, rounded(confidence), 'too little speaks for PostgreSQL');
  return { ...doubted, evidence: [...doubted.evidence, ...believed.evidence] };
}

function servicesOf(findings: Findings): Plan['services'] {
  const services = findings.all('service');
  if (services.length === 0) return findings.byDefault([], SURE.clear, 'no client of another service');
  return {
    value: [...new Set(services.map(({ value }) => value))].sort(),
    confidence: SURE.clear,
    evidence: distinct(services.flatMap(({ evidence }) => evidence)),
  };
}

/** A variable is required or secret when any file says so. What HiveMind sets for its database nobody has to give. */
function environmentOf(findings: Findings, usesPostgres: boolean): Plan['environment'] {
  const merged = new Map<string, EnvironmentVariable>();
  const evidence: Evidence[] = [];
  for (const { value, evidence: seen } of findings.all('variable')) {
    if (usesPostgres && isDatabaseVariable(value.name)) continue;
    const known = merged.get(value.name);
    merged.set(value.name, {
      name: value.name,
      required: value.required || (known?.required ?? false),
      secret: value.secret || (known?.secret ?? false),
    });
    evidence.push(...seen);
  }
  if (merged.size === 0) return findings.byDefault([], SURE.clear, 'no variable is named or read');
  const value = [...merged.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { value, confidence: SURE.clear, evidence: distinct(evidence) };
}
