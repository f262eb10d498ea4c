import type { ErrorCode } from '../errors.ts';
import type { Rank } from './signature.ts';
import type { ActionId } from './taxonomy/actions.ts';
import type { CauseId } from './taxonomy/causes.ts';

interface CodeMeaning {
  readonly cause: CauseId;
  readonly confidence: number;
  readonly rank: Rank;
  readonly fix?: ActionId;
}

const says = (cause: CauseId, confidence = 0.92, rank: Rank = 'specific'): CodeMeaning => ({
  cause,
  confidence,
  rank,
});
/** The code tells what was seen; a log may tell why. */
const suggests = (cause: CauseId, confidence = 0.75): CodeMeaning => says(cause, confidence, 'symptom');

/** What HiveMind's own codes mean. Codes that leave everything open, such as `BuildFailed`, are not among them. */
export const CODE_MEANINGS: Partial<Record<ErrorCode, CodeMeaning>> = {
  SourceNotFound: says('git_repo_not_found'),
  SourceAccessDenied: says('git_auth_failed'),
  RefNotFound: says('git_ref_not_found'),
  SourceUnreachable: says('network_transient'),
  StartCommandNotFound: says('start_entry_missing', 0.85),
  RuntimeNotAvailable: says('runtime_version_mismatch'),
  BuildOutputMissing: says('build_artifact_missing', 0.85),
  MigrationFailed: suggests('migration_failed', 0.8),
  MissingEnvironmentVariable: says('missing_env_var', 0.95),
  PortNeverOpened: suggests('app_slow_start', 0.7),
  ListensOnAnotherPort: suggests('port_mismatch', 0.9),
  HealthCheckFailed: suggests('health_check_failed_unexplained', 0.8),
  NoFreePort: says('port_in_use', 0.85),
  PortInUse: says('port_in_use', 0.95),
  DiskFull: says('disk_full', 0.95),
  ToolMissing: says('missing_system_package', 0.8),
  DatabaseUnavailable: suggests('db_connection_refused', 0.75),
  CredentialsExpired: says('credentials_expired', 0.95),
  AccessDenied: says('iam_access_denied', 0.9),
  Throttled: says('api_throttled', 0.95),
  AwsUnavailable: says('network_transient', 0.8),
  QuotaExceeded: says('quota_exceeded', 0.95),
};
