import type { ReconciledView } from '../contracts/upkeep.ts';
import { type Deployment, shortId } from '../domain/deployment.ts';
import type { Drift, Mending } from '../domain/drift.ts';
import { frozen } from '../domain/freeze.ts';
import { type MendPorts, mendAtOnce } from './mend-at-once.ts';
import { observeDrift } from './observe-drift.ts';
import type { OperationPorts } from './ports.ts';
import { requireLive } from './require-deployment.ts';
import { deploymentBusy } from './start-execution.ts';
import { findRelease, settingsToRestore, startRestore } from './start-restore.ts';

export interface ReconcilePorts extends OperationPorts, MendPorts {}

/** What was checked before the drift says nothing about what is set up after it. */
const CHECKS = ['verify-candidate', 'verify', 'harden', 'observe', 'promote'] as const;

const BY_WORKFLOW: readonly Mending[] = ['rebuild', 'restore'];

/**
 * Brings a live deployment back to what the records say. What is one call (weights, targets, processes) is made at once where the
 * caller may do that; for the rest the live release runs once more, from what is kept of it, in a workflow.
 * @throws {HiveMindError} DeploymentNotFound, NotLive, DeploymentBusy, Frozen, ReleaseNotFound
 */
export async function reconcile(
  ports: ReconcilePorts,
  idOrName: string,
  actor: string,
): Promise<ReconciledView> {
  const deployment = await requireLive(ports.store, idOrName);
  const drift = await observeDrift(ports, deployment.id);
  const left = drift.filter(({ mending }) => mending === 'by-hand');
  const mendable = drift.filter(({ mending }) => mending !== 'by-hand');
  if (mendable.length === 0) return view([], left);
  if (ports.hands && !mendable.some(({ mending }) => BY_WORKFLOW.includes(mending))) {
    await holding(ports, deployment, () => mendAtOnce(ports, deployment, mendable));
    return await outcomeOf(ports, deployment, drift, actor);
  }
  // A workflow would stumble over the stack that it cannot change, or make an empty database.
  if (left.some(({ kind }) => kind.startsWith('stack-'))) return view([], drift);
  await removeUnusable(ports, deployment, mendable);
  await ports.store.forgetResults(deployment.id, CHECKS);
  return view([], left, await startAgain(ports, deployment, mendable, actor));
}

const view = (
  mended: readonly Drift[],
  left: readonly Drift[],
  started: ReconciledView['started'] = null,
): ReconciledView => ({
  mended: mended.map((each) => ({ ...each })),
  left: left.map((each) => ({ ...each })),
  started,
});

/** What is not seen any more is mended. */
async function outcomeOf(
  ports: ReconcilePorts,
  deployment: Deployment,
  before: readonly Drift[],
  actor: string,
): Promise<ReconciledView> {
  const left = await observeDrift(ports, deployment.id);
  const isLeft = (drift: Drift) =>
    left.some(({ kind, resource }) => kind === drift.kind && resource === drift.resource);
  const mended = before.filter((drift) => !isLeft(drift));
  await ports.store.appendEvent({
    deploymentId: deployment.id,
    executionId: null,
    actor,
    type: 'decision',
    message: `reconciled: ${describe(mended)}`,
    data: { mended: mended.length, left: left.length },
  });
  return view(mended, left);
}

const describe = (drift: readonly Drift[]): string =>
  drift.length === 0
    ? 'nothing could be mended'
    : drift.map(({ resource, recorded, seen }) => `${resource}: ${recorded} (was: ${seen})`).join('; ');

const LEASE_SECONDS = 120;

/** @throws {HiveMindError} DeploymentBusy, Frozen */
async function holding(
  ports: ReconcilePorts,
  { id: deploymentId, name: deploymentName }: Deployment,
  work: () => Promise<void>,
): Promise<void> {
  const freeze = await ports.store.findFreeze();
  if (freeze) throw frozen(freeze);
  const owner = `reconcile-${shortId()}${shortId()}`;
  const held = await ports.store.acquireLock(deploymentId, owner, LEASE_SECONDS);
  if (held) throw await deploymentBusy(ports, { deploymentId, deploymentName });
  try {
    await work();
  } finally {
    await ports.store.releaseLock(deploymentId, owner);
  }
}

/** A load balancer that does not listen stands in the way of a new one. */
async function removeUnusable(
  ports: ReconcilePorts,
  deployment: Deployment,
  drift: readonly Drift[],
): Promise<void> {
  const { hands } = ports;
  const unusable = drift.filter(({ mending }) => mending === 'rebuild');
  if (!hands || unusable.length === 0) return;
  await holding(ports, deployment, async () => {
    for (const { resource } of unusable) await hands.stacks.remove(resource, { patienceSeconds: 60 });
  });
}

/** The live release once more, as it is: the workflow that takes a release to another form takes it to the same one. */
async function startAgain(
  ports: ReconcilePorts,
  deployment: Deployment,
  drift: readonly Drift[],
  actor: string,
): Promise<NonNullable<ReconciledView['started']>> {
  const release = await findRelease(ports, deployment, deployment.liveRelease ?? 0);
  const swap = { steps: [100], bakeSeconds: 0, keepWarmSeconds: 0, rolling: false };
  const settings = await settingsToRestore(ports, deployment, release, swap);
  const what = drift.map(({ resource, seen }) => `${resource}: ${seen}`).join('; ');
  const message = `reconcile of ${deployment.name}, release ${release.number}: ${what}`;
  return await startRestore(ports, deployment, { workflow: 'upgrade', settings, actor, message });
}
