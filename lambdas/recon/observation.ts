import type {
  Command,
  EnvironmentVariable,
  Evidence,
  PackageManager,
  ProcessType,
  RuntimeName,
} from '../../src/domain/plan.ts';

/** What a detector may propose. Most become a plan field of the same name; the rest are parts of one. */
export interface Proposals {
  readonly runtime: RuntimeName;
  readonly runtimeVersion: string | null;
  readonly framework: string | null;
  readonly packageManager: PackageManager | null;
  readonly packageManagerVersion: string | null;
  readonly install: Command | null;
  readonly build: Command | null;
  /** The command of the main process. */
  readonly main: Command;
  /** Whether the main process answers on a port. */
  readonly exposed: boolean;
  /** Whether the main process takes its port from `$PORT`. */
  readonly portFromEnvironment: boolean;
  /** A process beside the main one. */
  readonly process: ProcessType;
  readonly migrations: Command | null;
  readonly healthCheckPath: string;
  readonly database: 'postgres';
  readonly service: string;
  readonly variable: EnvironmentVariable;
  readonly webSocket: boolean;
  /** What the repository is, when HiveMind cannot run it. */
  readonly unsupported: string;
  /** What looked like a way to start the application and is none. */
  readonly nearMiss: string;
}

export type ObservedField = keyof Proposals;

/** One detector's word on one field. */
export interface Observation<F extends ObservedField = ObservedField> {
  readonly field: F;
  readonly value: Proposals[F];
  /** 0 to 1: how often the value is right when this evidence is all there is. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
}

/** How sure one sign makes us. A judgement, not a measurement; what counts is the order and the decision bounds 0.6 and 0.8. */
export const SURE = {
  /** Said in a file that exists to say it: a Procfile, `packageManager`, a lock file. */
  stated: 0.97,
  /** A strong convention of the ecosystem, seldom broken. */
  clear: 0.93,
  /** More likely than not, and harmless to verify afterwards. */
  likely: 0.82,
  /** The best of several readings: go on with extra validation. */
  guess: 0.65,
  /** Counts only beside other signs. */
  hint: 0.35,
} as const;

export function observe<F extends ObservedField>(
  field: F,
  value: Proposals[F],
  confidence: number,
  ...evidence: readonly Evidence[]
): Observation<F> {
  return { field, value, confidence, evidence };
}

/** The observations of one field, in detector order. */
export function observationsOf<F extends ObservedField>(
  observations: readonly Observation[],
  field: F,
): readonly Observation<F>[] {
  return observations.filter((observation): observation is Observation<F> => observation.field === field);
}

/** The main process and the runtime that it takes. */
export const observeMain = (
  command: Command,
  runtime: RuntimeName,
  confidence: number,
  ...evidence: readonly Evidence[]
): readonly Observation[] => [
  observe('main', command, confidence, ...evidence),
  observe('runtime', runtime, confidence, ...evidence),
];

/** What follows when a framework's own server is the main process: it listens, on `$PORT`. */
export const observeServer = (evidence: Evidence): readonly Observation[] => [
  observe('exposed', true, SURE.stated, evidence),
  observe('portFromEnvironment', true, SURE.stated, evidence),
];
