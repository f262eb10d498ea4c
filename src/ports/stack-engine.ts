import type { BlueprintName, Stack, StackChange } from '../domain/stack.ts';

export interface StackRequest {
  readonly name: string;
  readonly blueprint: BlueprintName;
  readonly deploymentId: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What the stack and all it makes is found and billed by: `stage`, `owner`, `color`, `release`. */
  readonly tags: Readonly<Record<string, string>>;
  /** Two calls with the same token are one change. */
  readonly token: string;
}

export interface Patience {
  /** How long to wait for the end before returning an `_IN_PROGRESS` state. */
  readonly patienceSeconds: number;
  readonly signal?: AbortSignal;
  /** Aborted when nothing new may be begun any more: whoever cleans up after a caller that is forgotten counts on that. */
  readonly tooLate?: AbortSignal;
}

/** Creates, changes and removes infrastructure from blueprints. */
export interface StackEngine {
  /** What `deploy` would do, without doing it. */
  preview(request: StackRequest): Promise<readonly StackChange[]>;
  /**
   * Creates the stack, or changes it to these parameters. Failing is a state, not an exception: a failed creation has already
   * been taken back, or is certain to be: `remove` and `deploy` under another token do not wait for that.
   */
  deploy(request: StackRequest, patience: Patience): Promise<Stack>;
  describe(name: string): Promise<Stack | undefined>;
  /**
   * Removes the stack and all it made; succeeds when it is not there.
   * @returns whether it is gone; false when the removal goes on after patience has run out: call again
   * @throws {HiveMindError} StackFailed
   */
  remove(name: string, patience: Patience): Promise<boolean>;
  list(deploymentId: string): Promise<readonly Stack[]>;
}
