import type { LogLine, LogSource } from '../domain/log-line.ts';

export interface LogQuery {
  readonly deploymentId: string;
  readonly sources?: readonly LogSource[];
  /** Whose lines: an agent, an instance id. */
  readonly name?: string;
  /** Only the last so many lines. */
  readonly tail?: number;
}

/** Numbers of one deployment over the last minutes. */
export interface DeploymentMetrics {
  readonly windowSeconds: number;
  readonly requests: number;
  readonly responses: {
    readonly '2xx': number;
    readonly '3xx': number;
    readonly '4xx': number;
    readonly '5xx': number;
  };
  readonly latencyMilliseconds: { readonly p50: number; readonly p90: number; readonly p99: number } | null;
  readonly openConnections: number;
  readonly instances: readonly {
    readonly id: string;
    readonly state: string;
    readonly cpuPercent: number | null;
    readonly memoryBytes: number | null;
    readonly restarts: number;
  }[];
}

/** Logs and metrics of deployments. */
export interface Telemetry {
  /** Never throws: losing a log line must not fail the work. */
  log(deploymentId: string, line: LogLine): void;
  /** Resolves when every line that was logged is stored, or is known to be lost. */
  flush(): Promise<void>;
  read(query: LogQuery): Promise<readonly LogLine[]>;
  /** The lines of `read`, then new ones as they come, until `signal` aborts. */
  follow(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  metrics(deploymentId: string): Promise<DeploymentMetrics>;
  /** Removes what is kept of a deployment. */
  forget(deploymentId: string): Promise<void>;
}
