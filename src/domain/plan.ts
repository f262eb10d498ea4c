/** Where a fact was read. `line` counts from 1. */
export interface Evidence {
  readonly file: string;
  readonly line?: number | undefined;
  readonly note: string;
}

/** A value, how sure Recon is of it (0 to 1), and what says so. */
export interface Fact<T> {
  readonly value: T;
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
}

/**
 * What runs. `argv` is executed as it is; `shell` is a line the application itself wrote for a shell (a package script, a
 * Procfile entry); `serve` answers HTTP with the files of a folder of the artifact, and with `fallback` for unknown paths.
 */
export type Command =
  | { readonly kind: 'argv'; readonly argv: readonly string[] }
  | { readonly kind: 'shell'; readonly line: string }
  | { readonly kind: 'serve'; readonly directory: string; readonly fallback: string | null };

export const RUNTIMES = ['node', 'python', 'static'] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn'] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** A kind of process of the application. `web` answers on `$PORT`; the others have no port. */
export interface ProcessType {
  readonly name: string;
  readonly command: Command;
  readonly exposed: boolean;
  /** Where it listens whatever `$PORT` says. @default where `$PORT` says */
  readonly port?: number | undefined;
}

/** An environment variable the application reads. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly required: boolean;
  readonly secret: boolean;
}

/** What Recon decided. Every field carries its confidence and evidence. */
export interface Plan {
  readonly version: 1;
  /** Folder of the application inside the repository: `.` or a relative path. */
  readonly root: Fact<string>;
  readonly runtime: Fact<RuntimeName>;
  /** Version range of the runtime as the application asks for it (`>=20`, `3.11`), or null for any. */
  readonly runtimeVersion: Fact<string | null>;
  readonly framework: Fact<string | null>;
  readonly packageManager: Fact<PackageManager | null>;
  /** Version of the package manager, when the repository pins one. */
  readonly packageManagerVersion: Fact<string | null>;
  readonly install: Fact<Command | null>;
  readonly build: Fact<Command | null>;
  /** The first entry is the main process; at least one. */
  readonly processes: Fact<readonly ProcessType[]>;
  /** Runs once before a release starts: migrations, or a Procfile's `release`. */
  readonly migrations: Fact<Command | null>;
  readonly healthCheckPath: Fact<string>;
  readonly database: Fact<'postgres' | null>;
  /** Other services the repository mentions that HiveMind does not create, such as `redis`. */
  readonly services: Fact<readonly string[]>;
  readonly environment: Fact<readonly EnvironmentVariable[]>;
  /** Whether the main process speaks WebSocket. */
  readonly webSocket: Fact<boolean>;
}

export type PlanField = Exclude<keyof Plan, 'version'>;

export const isExposed = (plan: Plan): boolean => plan.processes.value.some((process) => process.exposed);

/** The least sure field decides: a plan is as good as its weakest guess. */
export function planConfidence(plan: Plan): number {
  const { version: _, ...facts } = plan;
  return Math.min(...Object.values(facts).map((fact) => fact.confidence));
}
