import * as z from 'zod';
import type { Deployment } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { isRelease } from '../domain/execution.ts';
import type { Release } from '../domain/release.ts';
import type { StageRun } from '../domain/stage.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { migratedOutput } from '../stages/outputs.ts';
import type { RecordPorts } from './ports.ts';

/**
 * A release whose migration ran stays: older code may not understand the database that it left.
 * @throws {HiveMindError} MigrationNotReversible
 */
export async function requireReversible(
  { store }: Pick<RecordPorts, 'store'>,
  deployment: Deployment,
  to: Release,
): Promise<void> {
  const [releases, irreversible] = await Promise.all([
    store.listReleases(deployment.id),
    irreversibleReleases(store, deployment.id),
  ]);
  const blocking = irreversibleSince(to, releases, irreversible);
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

/**
 * Of some releases those after the given one whose migration changed the database for good, live or not: what it did is there. The same
 * artifact has the same migrations, so that code which brings them along understands what they left.
 * @param irreversible numbers, as `irreversibleReleases` finds them
 */
export const irreversibleSince = (
  to: Release,
  releases: readonly Release[],
  irreversible: ReadonlySet<number>,
): readonly Release[] =>
  releases.filter(
    ({ number, artifact }) => number > to.number && artifact !== to.artifact && irreversible.has(number),
  );

/**
 * Numbers of the releases whose migration ran in any execution that made them, without anybody saying that the code before understands
 * what it left.
 */
export async function irreversibleReleases(
  store: DeploymentStore,
  deploymentId: string,
): Promise<ReadonlySet<number>> {
  const numbers = new Set<number>();
  for (const execution of (await store.listExecutions({ deploymentId })).filter(isRelease)) {
    if (execution.settings.reversibleMigrations) continue;
    const runs = await store.listStageRuns(execution.id);
    const migration = runs.find(({ stage }) => stage === 'migrate')?.output;
    if (!migratedOutput.safeParse(migration).data?.ran || !(await ranHere(store, execution.id))) continue;
    for (const release of releaseOf(runs)) numbers.add(release);
  }
  return numbers;
}

/** Whether the migration ran in this execution: one that is resumed finds its own result, which then looks like an earlier one's. */
async function ranHere(store: DeploymentStore, executionId: string): Promise<boolean> {
  const events = await store.listEvents({ executionId });
  return events.some(({ type, data }) => type === 'stage.started' && data['stage'] === 'migrate');
}

/** The release that an execution worked on, by the word of its own stages. */
export const releaseOf = (runs: readonly StageRun[]): readonly number[] =>
  runs.flatMap(({ stage, output }) =>
    stage === 'compute' || stage === 'roll' ? (workedOn.safeParse(output).data?.release ?? []) : [],
  );

const workedOn = z.object({ release: z.number().int() });
