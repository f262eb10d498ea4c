import type { Deployment } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { isRelease } from '../domain/execution.ts';
import type { Release } from '../domain/release.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { migratedOutput } from '../stages/outputs.ts';
import { findOutput } from '../stages/stage-context.ts';
import type { RecordPorts } from './ports.ts';

/**
 * A release whose migration ran stays: older code may not understand the database that it left.
 * @throws {HiveMindError} MigrationNotReversible
 */
export async function requireReversible(
  ports: RecordPorts,
  deployment: Deployment,
  to: Release,
): Promise<void> {
  const blocking = await irreversibleSince(ports, deployment, to);
  if (blocking.length === 0) return;
  const numbers = blocking.map(({ number }) => number).join(', ');
  throw new HiveMindError(
    'MigrationNotReversible',
    `release ${deployment.liveRelease} is frozen: the migration of release ${numbers} ran and is not marked reversible, so release ${to.number} may not understand the database`,
    {
      hint: `go forward instead: mend it and run hivemind update ${deployment.name}; or, when the old code can read the database: hivemind rollback ${deployment.name} --to ${to.number} --despite-migrations; updates whose migrations can be undone are marked with --reversible-migrations`,
    },
  );
}

/** Releases after the given one, up to the live one, whose migration changed the database for good. */
export async function irreversibleSince(
  { store }: Pick<RecordPorts, 'store'>,
  deployment: Deployment,
  to: Release,
): Promise<readonly Release[]> {
  const releases = await store.listReleases(deployment.id);
  const later = releases.filter(
    ({ number }) => number > to.number && number <= (deployment.liveRelease ?? 0),
  );
  const judged = await Promise.all(
    later.map(async (release) => ((await isIrreversible(store, release)) ? [release] : [])),
  );
  return judged.flat();
}

/** Whether the migration of a release ran, and nobody said that the code before understands what it left. */
export async function isIrreversible(store: DeploymentStore, { executionId }: Release): Promise<boolean> {
  if (executionId === undefined) return false;
  const execution = await store.findExecution(executionId);
  if (!execution || !isRelease(execution) || execution.settings.reversibleMigrations) return false;
  const runs = await store.listStageRuns(executionId);
  const isRepeated = runs.some(({ stage, reused }) => stage === 'migrate' && reused);
  return !isRepeated && ((await findOutput(store, executionId, 'migrate', migratedOutput))?.ran ?? false);
}
