import type { ActionId } from '../../../src/domain/diagnosis/taxonomy/actions.ts';
import type { CauseId } from '../../../src/domain/diagnosis/taxonomy/causes.ts';
import type { FixAction } from '../../../src/domain/fix.ts';
import { changeBuildCommand, increaseBuildMemory, runBuildStep } from './build.ts';
import { reducePool, rewireDatabaseUrl } from './database.ts';
import { requestValue, setVariable } from './environment.ts';
import { changesNothing } from './fix-action.ts';
import { changeHealthCheck, extendHealthCheckGrace } from './health-check.ts';
import {
  changeInstallCommand,
  clearBuildCache,
  includeDevDependencies,
  useNonFrozenInstall,
} from './install.ts';
import { runMigrations } from './migrations.ts';
import { changePort, setBindAddress } from './port-and-address.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { retryWithBackoff, waitForStack } from './retry.ts';
import { setRootDirectory } from './root.ts';
import { setRuntimeVersion } from './runtime.ts';
import { continueRollback, recreateStack } from './stack.ts';
import { changeStartCommand } from './start.ts';

/** What HiveMind does by itself or with consent. For every other action it tells the operator what to do. */
export const REMEDIES: Partial<Record<ActionId, Remedy>> = {
  retry_with_backoff: retryWithBackoff,
  wait_for_stack: waitForStack,
  change_install_command: changeInstallCommand,
  use_non_frozen_install: useNonFrozenInstall,
  include_dev_dependencies: includeDevDependencies,
  clear_build_cache: clearBuildCache,
  change_build_command: changeBuildCommand,
  run_build_step: runBuildStep,
  increase_build_memory: increaseBuildMemory,
  change_start_command: changeStartCommand,
  set_root_directory: setRootDirectory,
  set_runtime_version: setRuntimeVersion,
  change_port: changePort,
  set_bind_address: setBindAddress,
  change_health_check: changeHealthCheck,
  extend_health_check_grace: extendHealthCheckGrace,
  set_env_var: setVariable,
  request_env_value: requestValue,
  rewire_database_url: rewireDatabaseUrl,
  reduce_db_pool: reducePool,
  run_migrations: runMigrations,
  delete_and_recreate_stack: recreateStack,
  continue_update_rollback: continueRollback,
};

/** What may help as well, after what the diagnosis names. */
const ALSO: Partial<Record<CauseId, readonly Remedy[]>> = {
  start_entry_missing: [setRootDirectory, runBuildStep],
  build_artifact_missing: [changeStartCommand],
  build_tool_missing: [useNonFrozenInstall],
  db_connection_refused: [retryWithBackoff],
  db_too_many_connections: [retryWithBackoff],
  insufficient_capacity: [retryWithBackoff],
  integrity_mismatch: [retryWithBackoff],
};

/** What may be done about a failure, best first; empty when HiveMind can do nothing, or does not know what has happened. */
export function remediesFor(ailment: Ailment): readonly FixAction[] {
  const { cause, action } = ailment.diagnosis;
  if (cause === 'unknown') return [];
  const named = REMEDIES[action];
  const remedies = [...(named ? [named] : []), ...(ALSO[cause] ?? [])];
  return remedies
    .flatMap((remedy) => remedy(ailment))
    .filter((fix) => !changesNothing(fix) && isHeeded(ailment, fix));
}

/** What goes back to a kept release, or takes it elsewhere, runs it by the plan that made it. */
const isHeeded = ({ execution }: Ailment, { change }: FixAction): boolean =>
  change.plan === undefined || execution.workflow === 'deploy' || execution.workflow === 'update';
