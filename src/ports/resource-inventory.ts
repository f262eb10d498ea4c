import type { OwnedResource } from '../domain/orphan.ts';
import type { Patience } from './stack-engine.ts';

export interface Resource {
  /** `process`, `port`, `directory`, `database`, `stack`, `secret`, `artifact`. */
  readonly type: string;
  readonly id: string;
}

/** Finds what exists for a deployment by looking at the world, not at the records. */
export interface ResourceInventory {
  find(deploymentId: string): Promise<readonly Resource[]>;
  /** All that exists of all deployments, also of those that no record knows any more. */
  everything(): Promise<readonly OwnedResource[]>;
  /**
   * Removes one thing that `everything` found; succeeds when it is gone already. What is not ours (any more) is left alone.
   * @returns whether it is gone; false when the removal goes on after patience has run out: call again
   * @throws {HiveMindError} ResourcesLeft: this kind is not removed from here, the hint says how; StackFailed
   */
  remove(resource: OwnedResource, patience: Patience): Promise<boolean>;
}
