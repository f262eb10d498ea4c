/** Who has to act on a failure: the person at the keyboard, the deployed application, the machine or account, or us. */
export type Fault = 'operator' | 'application' | 'platform' | 'hivemind';

/** Process exit codes of the command line. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  notFound: 4,
  conflict: 5,
  unreachable: 6,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface FailureKind {
  readonly fault: Fault;
  readonly exit: ExitCode;
  /** The same call, made again unchanged, has a fair chance of passing: workflows retry it by name. */
  readonly transient?: true;
}

/** Every failure HiveMind can report. The key is the stable code: `error.name`, ASL `ErrorEquals`, `--json` `code`. */
export const FAILURE_KINDS = {
  InvalidInput: { fault: 'operator', exit: EXIT.usage },
  InvalidName: { fault: 'operator', exit: EXIT.usage },
  InvalidEnvironmentFile: { fault: 'operator', exit: EXIT.usage },
  ConfirmationMismatch: { fault: 'operator', exit: EXIT.usage },
  ConfirmationRequired: { fault: 'operator', exit: EXIT.usage },
  NotSignedIn: { fault: 'operator', exit: EXIT.notSignedIn },
  DeploymentNotFound: { fault: 'operator', exit: EXIT.notFound },
  ExecutionNotFound: { fault: 'operator', exit: EXIT.notFound },
  NameTaken: { fault: 'operator', exit: EXIT.conflict },
  DeploymentBusy: { fault: 'operator', exit: EXIT.conflict },
  NotLive: { fault: 'operator', exit: EXIT.conflict },
  AlreadyLive: { fault: 'operator', exit: EXIT.conflict },
  ReleaseNotFound: { fault: 'operator', exit: EXIT.notFound },
  MigrationNotReversible: { fault: 'operator', exit: EXIT.conflict },
  FixNotFound: { fault: 'operator', exit: EXIT.notFound },
  FixClosed: { fault: 'operator', exit: EXIT.conflict },
  FixChanged: { fault: 'operator', exit: EXIT.conflict },
  NothingToRetry: { fault: 'operator', exit: EXIT.conflict },
  RetriesExhausted: { fault: 'operator', exit: EXIT.conflict },
  Frozen: { fault: 'operator', exit: EXIT.conflict },
  ServerUnreachable: { fault: 'platform', exit: EXIT.unreachable },
  ServerAlreadyRunning: { fault: 'operator', exit: EXIT.conflict },

  UnsafeSource: { fault: 'operator', exit: EXIT.usage },
  SourceNotFound: { fault: 'operator', exit: EXIT.notFound },
  NotARepository: { fault: 'operator', exit: EXIT.failed },
  EmptyRepository: { fault: 'operator', exit: EXIT.failed },
  RefNotFound: { fault: 'operator', exit: EXIT.notFound },
  SourceAccessDenied: { fault: 'operator', exit: EXIT.failed },
  SourceUnreachable: { fault: 'platform', exit: EXIT.failed, transient: true },
  UnsafeRepository: { fault: 'application', exit: EXIT.failed },
  RepositoryTooLarge: { fault: 'application', exit: EXIT.failed },

  StartCommandNotFound: { fault: 'application', exit: EXIT.failed },
  UnsupportedApplication: { fault: 'application', exit: EXIT.failed },
  RuntimeNotAvailable: { fault: 'application', exit: EXIT.failed },
  InstallFailed: { fault: 'application', exit: EXIT.failed },
  BuildFailed: { fault: 'application', exit: EXIT.failed },
  BuildTimedOut: { fault: 'application', exit: EXIT.failed },
  BuildOutputMissing: { fault: 'application', exit: EXIT.failed },
  ArtifactNotFound: { fault: 'hivemind', exit: EXIT.failed },
  ArtifactCorrupt: { fault: 'platform', exit: EXIT.failed },

  MigrationFailed: { fault: 'application', exit: EXIT.failed },
  StartFailed: { fault: 'application', exit: EXIT.failed },
  MissingEnvironmentVariable: { fault: 'operator', exit: EXIT.failed },
  PortNeverOpened: { fault: 'application', exit: EXIT.failed },
  ListensOnAnotherPort: { fault: 'application', exit: EXIT.failed },
  HealthCheckFailed: { fault: 'application', exit: EXIT.failed },
  VerificationFailed: { fault: 'application', exit: EXIT.failed },
  WrongReleaseAnswers: { fault: 'platform', exit: EXIT.failed },
  ReleaseRejected: { fault: 'application', exit: EXIT.failed },

  NoFreePort: { fault: 'platform', exit: EXIT.failed },
  PortInUse: { fault: 'operator', exit: EXIT.conflict },
  DiskFull: { fault: 'platform', exit: EXIT.failed },
  ToolMissing: { fault: 'platform', exit: EXIT.failed },
  DatabaseUnavailable: { fault: 'platform', exit: EXIT.failed, transient: true },
  SnapshotFailed: { fault: 'platform', exit: EXIT.failed },
  StackFailed: { fault: 'platform', exit: EXIT.failed },
  StackNotFound: { fault: 'platform', exit: EXIT.failed },
  InstanceNotFound: { fault: 'platform', exit: EXIT.failed },
  TargetGroupNotFound: { fault: 'platform', exit: EXIT.failed },
  SecretNotFound: { fault: 'platform', exit: EXIT.failed },
  ResourcesLeft: { fault: 'platform', exit: EXIT.failed },
  CredentialsExpired: { fault: 'operator', exit: EXIT.notSignedIn },
  AccessDenied: { fault: 'operator', exit: EXIT.failed },
  Throttled: { fault: 'platform', exit: EXIT.failed, transient: true },
  AwsUnavailable: { fault: 'platform', exit: EXIT.failed, transient: true },
  AwsRefused: { fault: 'platform', exit: EXIT.failed },
  QuotaExceeded: { fault: 'platform', exit: EXIT.failed },
  ControlPlaneMissing: { fault: 'operator', exit: EXIT.unreachable },
  ControlPlaneOutdated: { fault: 'operator', exit: EXIT.failed },
  StackNotOurs: { fault: 'operator', exit: EXIT.conflict },
  StackStuck: { fault: 'platform', exit: EXIT.failed },
  ReplacementRefused: { fault: 'operator', exit: EXIT.conflict },
  UnsupportedSource: { fault: 'operator', exit: EXIT.usage },
  StageTimedOut: { fault: 'platform', exit: EXIT.failed },
  Cancelled: { fault: 'operator', exit: EXIT.failed },
  InternalError: { fault: 'hivemind', exit: EXIT.failed },
} as const satisfies Record<string, FailureKind>;

export type ErrorCode = keyof typeof FAILURE_KINDS;

export interface ErrorDetail {
  /** What to do about it, in the operator's words. Required whenever somebody else than us has to act. */
  readonly hint: string;
  /** The last lines of the log that show the cause, oldest first. */
  readonly logTail?: readonly string[];
  readonly cause?: unknown;
}

/**
 * The one error of the product. `name` is the stable code, so that Lambda reports it and ASL `ErrorEquals` matches it.
 * The message says what happened and why; the hint says what to do.
 */
export class HiveMindError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly logTail: readonly string[];

  constructor(code: ErrorCode, message: string, detail: ErrorDetail) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = code;
    this.code = code;
    this.hint = detail.hint;
    this.logTail = detail.logTail ?? [];
  }

  get kind(): FailureKind {
    return FAILURE_KINDS[this.code];
  }
}

/** An unexpected error as ours: the operator cannot mend it, so the hint says how to report it. */
export function asHiveMindError(error: unknown): HiveMindError {
  if (error instanceof HiveMindError) return error;
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || isSqliteFull(error)) {
    return new HiveMindError('DiskFull', 'there is no space left on the disk HiveMind works on', {
      hint: 'free some space (`hivemind doctor` shows how much there is and where), then run the command again',
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new HiveMindError('InternalError', `HiveMind failed unexpectedly: ${message}`, {
    hint: 'this is a fault in HiveMind: run the command again, and report it with the output of `hivemind doctor` when it stays',
    cause: error,
  });
}

/** Result code of https://www.sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;

const isSqliteFull = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_FULL;

/** The `code` of a Node system error (`ENOENT`, `EADDRINUSE`), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export const isErrorCode = (name: string): name is ErrorCode => Object.hasOwn(FAILURE_KINDS, name);
