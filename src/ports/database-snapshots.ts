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
  /** Idempotent by `token`. @throws {HiveMindError} SnapshotFailed, StackNotFound, DiskFull */
  create(databaseStack: string, token: string): Promise<Snapshot>;
  list(deploymentId: string): Promise<readonly Snapshot[]>;
}
