import type { OrphansRemovedView, OrphansView } from '../contracts/upkeep.ts';
import type { Deployment } from '../domain/deployment.ts';
import { asHiveMindError, HiveMindError } from '../domain/errors.ts';
import { isRelease } from '../domain/execution.ts';
import {
  inOrderOfRemoval,
  isUnclaimed,
  type Orphan,
  type OwnerFacts,
  orphansAmong,
} from '../domain/orphan.ts';
import type { Clock } from '../ports/clock.ts';
import type { Costs } from '../ports/costs.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { ResourceInventory } from '../ports/resource-inventory.ts';
import { builtOutput } from '../stages/outputs.ts';
import { findOutput } from '../stages/stage-context.ts';

export interface OrphanPorts {
  readonly store: DeploymentStore;
  readonly clock: Clock;
  readonly costs: Costs;
  readonly inventory: Pick<ResourceInventory, 'everything' | 'remove'>;
}

/** What exists and no living deployment owns. Nothing is changed. */
export async function findOrphans(ports: OrphanPorts, olderThanSeconds: number): Promise<OrphansView> {
  const orphans = await seenOrphans(ports, olderThanSeconds);
  return {
    orphans: orphans.map(({ type, id, deploymentId, since, verdict, reason }) => ({
      type,
      id,
      deploymentId,
      since,
      verdict,
      reason,
    })),
    monthlyUsd: await costsOf(ports, orphans),
  };
}

/** How long one resource may take; a database or a network takes minutes to go. */
const PATIENCE_SECONDS = 900;

/** Removes the orphans of this age; what is left of them is told with its reason, and keeps none of the others. */
export async function removeOrphans(
  ports: OrphanPorts,
  olderThanSeconds: number,
): Promise<OrphansRemovedView> {
  const removed: OrphansRemovedView['removed'] = [];
  const left: OrphansRemovedView['left'] = [];
  for (const orphan of inOrderOfRemoval(await seenOrphans(ports, olderThanSeconds))) {
    const { type, id } = orphan;
    try {
      if (isUnclaimed(orphan) && (await isWorking(ports))) throw mayBeNeeded();
      const isGone = await ports.inventory.remove(orphan, { patienceSeconds: PATIENCE_SECONDS });
      if (isGone) removed.push({ type, id });
      else left.push({ type, id, why: 'it is still being removed', how: 'run the command again later' });
    } catch (thrown) {
      const { message, hint } = asHiveMindError(thrown);
      left.push({ type, id, why: message, how: hint });
    }
  }
  return { removed, left };
}

const isWorking = async ({ store }: OrphanPorts): Promise<boolean> =>
  (await store.listExecutions({ status: 'RUNNING' })).length > 0;

const mayBeNeeded = (): HiveMindError =>
  new HiveMindError('DeploymentBusy', 'a workflow has started, and it may belong to that', {
    hint: 'run the command again when nothing runs',
  });

async function seenOrphans(ports: OrphanPorts, olderThanSeconds: number): Promise<readonly Orphan[]> {
  const { store, clock, inventory } = ports;
  const resources = await inventory.everything();
  // After the look: what a deployment made meanwhile has a living owner by then.
  const deployments = await store.listDeployments({
    includeDestroyed: true,
    limit: Number.MAX_SAFE_INTEGER,
  });
  const living = deployments.filter(({ status }) => status !== 'DESTROYED');
  const gone = deployments.filter(({ status }) => status === 'DESTROYED');
  const facts: OwnerFacts = {
    living: new Set(living.map(({ id }) => id)),
    destroyed: new Map(gone.map(({ id, updatedAt }) => [id, updatedAt])),
    usedArtifacts: new Set((await Promise.all(living.map((each) => artifactsOf(ports, each)))).flat()),
    isWorking: await isWorking(ports),
    now: clock.now(),
    olderThanSeconds,
  };
  return orphansAmong(resources, facts);
}

/** What it can run: its releases, and what its newest attempt has built for the next one. */
async function artifactsOf({ store }: OrphanPorts, { id }: Deployment): Promise<readonly string[]> {
  const releases = await store.listReleases(id);
  const newest = (await store.listExecutions({ deploymentId: id })).find(isRelease);
  const built = newest && (await findOutput(store, newest.id, 'build', builtOutput));
  return [...releases.map(({ artifact }) => artifact), ...(built ? [built.artifact] : [])];
}

/** In the form of the deployment that they were made for; of one that nobody knows, in the cheapest. */
async function costsOf({ store, costs }: OrphanPorts, orphans: readonly Orphan[]): Promise<number> {
  const stacks = orphans.flatMap(({ verdict, blueprint, deploymentId }) =>
    verdict === 'orphan' && blueprint !== null ? [{ blueprint, deploymentId }] : [],
  );
  const all = await Promise.all(
    stacks.map(async ({ blueprint, deploymentId }) => {
      const deployment = deploymentId === null ? undefined : await store.findDeployment(deploymentId);
      return (await costs.estimate(deployment?.stage ?? 'stage-1', [blueprint])).monthlyUsd;
    }),
  );
  return all.reduce((sum, usd) => sum + usd, 0);
}
