import type { Patience } from './stack-engine.ts';

export interface Snapshot {
  readonly id: string;
  readonly deploymentId: string;
  /** Where the operator finds it: a file path or a snapshot ARN. */
  readonly location: string;
  readonly bytes: number;
  readonly createdAt: string;
}

/** Copies of databases that outlive them. */
export interface DatabaseSnapshots {
  /**
   * Idempotent by `token`.
   * @returns undefined when the copy is still being made after patience has run out: call again
   * @throws {HiveMindError} SnapshotFailed, StackNotFound, DiskFull
   */
  create(databaseStack: string, token: string, patience: Patience): Promise<Snapshot | undefined>;
  list(deploymentId: string): Promise<readonly Snapshot[]>;
}
