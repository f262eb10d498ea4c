import type { Color, EnvironmentStage, NetworkScope, ResolvedSource, Source, Target } from './deployment.ts';
import { HiveMindError } from './errors.ts';
import type { Failure } from './failure.ts';
import type { FixPolicy } from './fix.ts';
import type { PlanSettings } from './plan-settings.ts';

export const WORKFLOWS = ['deploy', 'update', 'upgrade', 'rollback', 'retire', 'destroy'] as const;
export type WorkflowName = (typeof WORKFLOWS)[number];

/** The workflows that make a release live. */
export const RELEASE_WORKFLOWS = ['deploy', 'update', 'upgrade', 'rollback'] as const;
export type ReleaseWorkflow = (typeof RELEASE_WORKFLOWS)[number];

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
  /** Old code runs on the database that the migrations of this release leave: going back stays possible. @default false */
  readonly reversibleMigrations?: boolean | undefined;
  /** Whether what a failure leaves is removed without asking once nobody has answered for a day. @default false */
  readonly autoCleanup?: boolean | undefined;
  /** What of the plan the operator has set. */
  readonly plan?: PlanSettings | undefined;
  /** Environment variables that are no secrets, as a fix has set them; the operator's own come first. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** What HiveMind may do about a failure. @default ask */
  readonly fixes?: FixPolicy | undefined;
  /** How long a question about a fix waits for its answer. @default ANSWER_SECONDS */
  readonly answerSeconds?: number | undefined;
  /** AWS: stage whose network it stands in, when it has been upgraded to another one. @default stage */
  readonly networkStage?: EnvironmentStage | undefined;
}

/** How traffic goes from one release to the next. */
export interface SwapSettings {
  /** Percent of the requests that the new release gets, step by step; rises, and ends with 100. */
  readonly steps: readonly number[];
  /** How long each step has to do well. */
  readonly bakeSeconds: number;
  /** How long the old release stays ready, so that going back is a change of weights. */
  readonly keepWarmSeconds: number;
  /** In place, one instance at a time, instead of blue-green. */
  readonly rolling: boolean;
}

/** Of whatever takes the place of a live release. */
export interface UpdateSettings extends DeploySettings {
  readonly swap: SwapSettings;
}

/** Of `rollback` and `upgrade`, which build nothing. */
export interface RestoreSettings extends UpdateSettings {
  /** Release to run; null: none, what a failed first deploy left is removed. */
  readonly toRelease: number | null;
  /** The execution that made that release: plan and artifact are what it found and built. */
  readonly fromExecution: string;
}

/** What is to be removed: a colour without traffic. */
export interface RetireSettings {
  readonly color: Color;
  /** Why, in words for the history. */
  readonly reason: string;
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
  /** When the workflow began again with a fix; absent while it runs for the first time. */
  readonly resumedAt?: string | undefined;
  /** Nobody waits for it, as for a push: it asks nobody anything, unless the operator has said otherwise. */
  readonly unattended?: true | undefined;
  /** How many `retry` in a row have led to it. @default 0 */
  readonly retries?: number | undefined;
}

/** One run of one workflow. */
export type Execution = ExecutionFields &
  (
    | { readonly workflow: 'deploy'; readonly settings: DeploySettings }
    | { readonly workflow: 'update'; readonly settings: UpdateSettings }
    | { readonly workflow: 'upgrade' | 'rollback'; readonly settings: RestoreSettings }
    | { readonly workflow: 'retire'; readonly settings: RetireSettings }
    | { readonly workflow: 'destroy'; readonly settings: DestroySettings }
  );
/** One that makes a release live. */
export type ReleaseExecution = Extract<Execution, { workflow: ReleaseWorkflow }>;
/** One that takes the traffic from a live release to another. */
export type SwapExecution = Extract<Execution, { workflow: 'update' | 'upgrade' | 'rollback' }>;
/** One that makes live what is kept of an earlier release. */
export type RestoreExecution = Extract<Execution, { workflow: 'upgrade' | 'rollback' }>;
export type RetireExecution = Extract<Execution, { workflow: 'retire' }>;
export type DestroyExecution = Extract<Execution, { workflow: 'destroy' }>;

/** Whether it makes a release live; a what-if only says what it would do. */
export const isRelease = (execution: Execution): execution is ReleaseExecution =>
  (RELEASE_WORKFLOWS as readonly WorkflowName[]).includes(execution.workflow) && !isPreview(execution);

/** Whether it has made a release live; a rollback to nothing has not. */
export const wentLive = (execution: Execution): boolean =>
  execution.status === 'SUCCEEDED' &&
  isRelease(execution) &&
  !(execution.workflow === 'rollback' && execution.settings.toRelease === null);

/** Whether it takes the traffic from a live release to another. */
export const isSwap = (execution: Execution): execution is SwapExecution =>
  execution.workflow !== 'deploy' && isRelease(execution);

/** Whether the live instances are given the release one after the other, instead of new ones. */
export const isRolling = (execution: Execution): execution is SwapExecution =>
  isSwap(execution) && execution.settings.swap.rolling;

/** A what-if looks and changes nothing. */
export const isPreview = (execution: Execution): boolean =>
  execution.workflow === 'deploy' && execution.settings.whatIf;

/** Whether it says anything about the deployment as a whole: what is live does not depend on a colour without traffic. */
export const concernsDeployment = (execution: Execution): boolean =>
  !isPreview(execution) && execution.workflow !== 'retire';

export const executionNotFound = (id: string): HiveMindError =>
  new HiveMindError('ExecutionNotFound', `there is no execution "${id}"`, {
    hint: 'start the workflow through HiveMind, which stores the execution first',
  });
