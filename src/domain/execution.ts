import type { EnvironmentStage, NetworkScope, ResolvedSource, Source, Target } from './deployment.ts';
import { HiveMindError } from './errors.ts';
import type { Failure } from './failure.ts';

export const WORKFLOWS = ['deploy', 'destroy'] as const;
export type WorkflowName = (typeof WORKFLOWS)[number];

export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** What the operator asked a deploy for; environment values are secrets and live behind `environmentSecret`. */
export interface DeploySettings {
  readonly target: Target;
  readonly source: Source;
  /** The source as whoever asked has resolved and stored it already, because the platform cannot reach it: a folder. */
  readonly published?: ResolvedSource | undefined;
  readonly stage: EnvironmentStage;
  readonly whatIf: boolean;
  /** What the application is and what matters, in the operator's words. */
  readonly description?: string | undefined;
  /** Port the service is reached on; chosen by the load balancer when absent. */
  readonly listenerPort?: number | undefined;
  /** Reference of the secret that holds the operator's environment variables, and their names. */
  readonly environmentSecret?: string | undefined;
  readonly environmentNames: readonly string[];
  /** @default shared */
  readonly network?: NetworkScope | undefined;
  /** Certificate of the HTTPS listener; plain HTTP when absent. */
  readonly certificateArn?: string | undefined;
  /** Traces of the application and of the control plane. */
  readonly xray?: boolean | undefined;
  /** How long an instance may take until it is healthy. */
  readonly startTimeoutSeconds: number;
}

export interface DestroySettings {
  readonly snapshot: boolean;
}

interface ExecutionFields {
  readonly id: string;
  readonly deploymentId: string;
  readonly deploymentName: string;
  readonly status: ExecutionStatus;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Who asked for it: `user@host` of the caller. */
  readonly actor: string;
  readonly cancelRequested: boolean;
  readonly failure?: Failure | undefined;
}

/** One run of one workflow. */
export type Execution = ExecutionFields &
  (
    | { readonly workflow: 'deploy'; readonly settings: DeploySettings }
    | { readonly workflow: 'destroy'; readonly settings: DestroySettings }
  );
export type DeployExecution = Extract<Execution, { workflow: 'deploy' }>;
export type DestroyExecution = Extract<Execution, { workflow: 'destroy' }>;

/** A what-if looks and changes nothing. */
export const isPreview = (execution: Execution): boolean =>
  execution.workflow === 'deploy' && execution.settings.whatIf;

export const executionNotFound = (id: string): HiveMindError =>
  new HiveMindError('ExecutionNotFound', `there is no execution "${id}"`, {
    hint: 'start the workflow through HiveMind, which stores the execution first',
  });
