import type { Deployment } from '../domain/deployment.ts';
import type { EventType, HistoryEvent, NewEvent } from '../domain/events.ts';
import type { Execution } from '../domain/execution.ts';
import type { Fix, FixStatus } from '../domain/fix.ts';
import type { Freeze } from '../domain/freeze.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Release } from '../domain/release.ts';
import type { StageName, StageRun } from '../domain/stage.ts';
import type { ControlFinding, VerificationCheck } from '../domain/verification.ts';

export interface Lock {
  readonly deploymentId: string;
  /** The execution that may change the deployment. */
  readonly owner: string;
  readonly expiresAt: string;
}

/** A stage's result under the digest of the inputs that it was made from. */
export interface RecordedResult {
  readonly output: JsonObject;
  readonly summary: string;
}

export interface ListFilter {
  /** Also deployments that are DESTROYED. @default false */
  readonly includeDestroyed?: boolean;
  readonly limit?: number;
}

/** `undefined` clears a field. Settings have to be those of the execution's own workflow. */
export type ExecutionChange = Partial<
  Pick<Execution, 'status' | 'endedAt' | 'cancelRequested' | 'failure' | 'resumedAt' | 'settings'>
>;

/** Everything HiveMind remembers. Every method is safe to call twice with the same arguments. */
export interface DeploymentStore {
  /** @throws {HiveMindError} NameTaken: a deployment that is not DESTROYED has this name */
  createDeployment(deployment: Deployment): Promise<void>;
  /** The deployment with this id, or the one with this name that is not DESTROYED, else the newest destroyed one. */
  findDeployment(idOrName: string): Promise<Deployment | undefined>;
  /** Newest first. */
  listDeployments(filter: ListFilter): Promise<readonly Deployment[]>;
  /** Changes the given fields; `undefined` clears one. @throws {HiveMindError} DeploymentNotFound */
  updateDeployment(
    id: string,
    change: Partial<Omit<Deployment, 'id' | 'name' | 'createdAt'>>,
  ): Promise<Deployment>;

  createExecution(execution: Execution): Promise<void>;
  findExecution(id: string): Promise<Execution | undefined>;
  updateExecution(id: string, change: ExecutionChange): Promise<void>;
  /** Of one deployment, newest first; of all deployments when `deploymentId` is absent. */
  listExecutions(filter: {
    readonly deploymentId?: string;
    readonly status?: Execution['status'];
  }): Promise<readonly Execution[]>;

  /** Inserts or replaces the run of this stage in this execution. */
  putStageRun(run: StageRun): Promise<void>;
  /** In the order in which the stages started. */
  listStageRuns(executionId: string): Promise<readonly StageRun[]>;

  /** Stores a proposed fix. One with this id stays as it is: the same proposal twice is one. */
  putFix(fix: Fix): Promise<void>;
  /** Of one execution, in the order of their rounds. */
  listFixes(executionId: string): Promise<readonly Fix[]>;
  /**
   * Changes a fix if its status is `from`, and returns it as it is then; undefined when it has another status or there is none.
   * Of several callers at once only one succeeds.
   */
  changeFix(
    executionId: string,
    id: string,
    from: FixStatus,
    change: Partial<Pick<Fix, 'status' | 'answer' | 'values' | 'taskToken' | 'expiresAt'>>,
  ): Promise<Fix | undefined>;

  recordResult(deploymentId: string, stage: StageName, digest: string, result: RecordedResult): Promise<void>;
  findResult(deploymentId: string, stage: StageName, digest: string): Promise<RecordedResult | undefined>;
  forgetResults(deploymentId: string, stages?: readonly StageName[]): Promise<void>;

  /** Returns the release with this commit, artifact and configuration, numbering a new one when there is none. */
  ensureRelease(release: Omit<Release, 'number'>): Promise<Release>;
  /** Newest first. */
  listReleases(deploymentId: string): Promise<readonly Release[]>;

  putVerification(
    deploymentId: string,
    executionId: string,
    checks: readonly VerificationCheck[],
  ): Promise<void>;
  /** The newest one. */
  findVerification(deploymentId: string): Promise<readonly VerificationCheck[]>;
  putFindings(deploymentId: string, executionId: string, findings: readonly ControlFinding[]): Promise<void>;
  findFindings(deploymentId: string): Promise<readonly ControlFinding[]>;

  putReport(deploymentId: string, markdown: string): Promise<void>;
  findReport(deploymentId: string): Promise<string | undefined>;

  appendEvent(event: NewEvent): Promise<HistoryEvent>;
  /** Oldest first, after the given sequence number. */
  listEvents(filter: {
    readonly deploymentId?: string;
    readonly executionId?: string;
    readonly after?: number;
    /** Not events of these types. */
    readonly without?: readonly EventType[];
    readonly limit?: number;
  }): Promise<readonly HistoryEvent[]>;

  /**
   * Takes the lock of a deployment for `leaseSeconds`, or renews it for its owner. Undefined when taken; otherwise the
   * lock of somebody else whose lease has not run out.
   */
  acquireLock(deploymentId: string, owner: string, leaseSeconds: number): Promise<Lock | undefined>;
  /** Does nothing when `owner` does not hold it. */
  releaseLock(deploymentId: string, owner: string): Promise<void>;
  findLock(deploymentId: string): Promise<Lock | undefined>;

  /** Freezes everything; undefined ends it. */
  putFreeze(freeze: Freeze | undefined): Promise<void>;
  findFreeze(): Promise<Freeze | undefined>;
}
