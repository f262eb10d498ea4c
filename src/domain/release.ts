/** A commit, its artifact and its configuration: immutable and numbered per deployment. */
export interface Release {
  readonly deploymentId: string;
  readonly number: number;
  readonly commit: string;
  readonly artifact: string;
  /** Digest of everything besides the artifact that the running processes depend on. */
  readonly configuration: string;
  readonly createdAt: string;
  /** The execution that made it first, whose stages tell its plan and settings; absent in records of earlier versions. */
  readonly executionId?: string | undefined;
}
