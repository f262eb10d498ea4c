import type { Patience } from './stack-engine.ts';

export interface Snapshot {
  readonly id: string;
  readonly deploymentId: string;
  /** Where the operator finds it: a file path or a snapshot ARN. */
  readonly location: string;
  readonly bytes: number;
  readonly createdAt: string;
}

/** The copy that a platform has made of a database by itself as it removed it. */
export interface FinalSnapshot {
  /** Of the database, which is gone. */
  readonly databaseStack: string;
  /** ISO time at which the removal had not begun; a copy from before belongs to another removal and stays. */
  readonly since: string;
  /** Location of the snapshot that was made instead, without which the final one stays; null when none is needed. */
  readonly copy: string | null;
}

/** Copies of databases that outlive them. */
export interface DatabaseSnapshots {
  /**
   * Idempotent by `token`.
   * @returns undefined when the copy is still being made after patience has run out: call again
   * @throws {HiveMindError} SnapshotFailed, StackNotFound, DiskFull
   */
  create(databaseStack: string, token: string, patience: Patience): Promise<Snapshot | undefined>;
  /**
   * Removes it where there is one.
   * @returns whether there is nothing (more) to remove; false when it is not there yet or not gone yet after patience has run out: call again
   */
  removeFinal(final: FinalSnapshot, patience: Patience): Promise<boolean>;
  list(deploymentId: string): Promise<readonly Snapshot[]>;
}
