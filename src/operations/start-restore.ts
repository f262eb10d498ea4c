import type * as z from 'zod';
import type { rollbackRequest, Started, upgradeRequest } from '../contracts/api.ts';
import { type Deployment, shortId } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import {
  type Execution,
  isRelease,
  type ReleaseExecution,
  type RestoreSettings,
  type SwapSettings,
  wentLive,
} from '../domain/execution.ts';
import type { Release } from '../domain/release.ts';
import { settingsToKeep } from './inherited-settings.ts';
import { releasesThatLived } from './lived-releases.ts';
import { requireReversible } from './migrations-between.ts';
import type { OperationPorts, RecordPorts } from './ports.ts';
import { notLive, requireDeployment, requireLive } from './require-deployment.ts';
import { holdLock, recordExecution, startRecorded } from './start-execution.ts';
import { swapSettings } from './start-update.ts';

export type RollbackRequest = z.output<typeof rollbackRequest>;
export type UpgradeRequest = z.output<typeof upgradeRequest>;

/**
 * Starts the rollback workflow: an earlier release, from what is kept of it, in the place of the live one. A deployment that was
 * never live goes back to nothing.
 * @throws {HiveMindError} DeploymentNotFound, NotLive, ReleaseNotFound, AlreadyLive, MigrationNotReversible, DeploymentBusy, Frozen
 */
export async function startRollback(
  ports: OperationPorts,
  idOrName: string,
  request: RollbackRequest,
  actor: string,
): Promise<Started> {
  const deployment = await requireDeployment(ports.store, idOrName);
  const planned = await plannedRollback(ports, deployment, request);
  return await startRestore(ports, deployment, { workflow: 'rollback', ...planned, actor });
}

interface PlannedRollback {
  readonly settings: RestoreSettings;
  readonly message: string;
}

/** What a rollback runs. @throws {HiveMindError} NotLive, ReleaseNotFound, AlreadyLive, MigrationNotReversible */
export async function plannedRollback(
  ports: RecordPorts,
  deployment: Deployment,
  request: RollbackRequest,
): Promise<PlannedRollback> {
  if (deployment.liveRelease === undefined) return await plannedUndo(ports, deployment);
  const release = await releaseToGoTo(ports, deployment, request.toRelease);
  if (!request.despiteMigrations) await requireReversible(ports, deployment, release);
  const swap = swapSettings({ ...request, steps: [100], bakeSeconds: 0, rolling: false }, deployment.target);
  const settings = await settingsToRestore(ports, deployment, release, swap);
  const message = `rollback of ${deployment.name} from release ${deployment.liveRelease} to release ${release.number} (commit ${release.commit.slice(0, 12)})`;
  return { settings, message };
}

/**
 * What it takes to run a release again in the form that the deployment has: what it ran with, on the infrastructure as it is now.
 * Where the service is reached does not go back with it.
 * @throws {HiveMindError} ReleaseNotFound: nothing is on record of how it was made
 */
export async function settingsToRestore(
  ports: RecordPorts,
  { id, target, stage }: Deployment,
  release: Release,
  swap: SwapSettings,
): Promise<RestoreSettings> {
  const origin = await originOf(ports, release);
  const current = await settingsToKeep(ports, id);
  return {
    ...origin.settings,
    target,
    stage,
    whatIf: false,
    listenerPort: current?.listenerPort,
    network: current?.network,
    networkStage: current?.networkStage,
    certificateArn: current?.certificateArn,
    xray: current?.xray,
    autoCleanup: current?.autoCleanup,
    fixes: current?.fixes,
    answerSeconds: current?.answerSeconds,
    swap,
    toRelease: release.number,
    fromExecution: origin.id,
  };
}

/**
 * Starts the upgrade workflow: the live release, as it is, in the form of production.
 * @throws {HiveMindError} DeploymentNotFound, NotLive, AlreadyLive, ReleaseNotFound, DeploymentBusy, Frozen
 */
export async function startUpgrade(
  ports: OperationPorts,
  idOrName: string,
  request: UpgradeRequest,
  actor: string,
): Promise<Started> {
  const deployment = await requireLive(ports.store, idOrName);
  if (deployment.stage === 'production') throw alreadyProduction(deployment.name);
  const release = await findRelease(ports, deployment, deployment.liveRelease ?? 0);
  const origin = await originOf(ports, release);
  const earlier = await settingsToKeep(ports, deployment.id);
  const settings: RestoreSettings = {
    ...origin.settings,
    ...earlier,
    whatIf: false,
    stage: 'production',
    networkStage: earlier?.networkStage ?? deployment.stage,
    swap: swapSettings({ ...request, rolling: false }, deployment.target),
    toRelease: release.number,
    fromExecution: origin.id,
  };
  const message = `upgrade of ${deployment.name} from ${deployment.stage} to production`;
  return await startRestore(ports, deployment, { workflow: 'upgrade', settings, actor, message });
}

/** What a first deploy left that never became live. */
async function plannedUndo(ports: RecordPorts, deployment: Deployment): Promise<PlannedRollback> {
  const executions = await ports.store.listExecutions({ deploymentId: deployment.id });
  const newest = executions.find(isRelease);
  if (deployment.status === 'DESTROYED') throw notLive(deployment);
  if (!newest) throw nothingToRollBack(deployment);
  // Its database holds what users have entered: going back to nothing is not what takes that away.
  if (executions.some(wentLive)) throw wasLive(deployment);
  const settings: RestoreSettings = {
    ...newest.settings,
    swap: { steps: [100], bakeSeconds: 0, keepWarmSeconds: 0, rolling: false },
    toRelease: null,
    fromExecution: newest.id,
  };
  return { settings, message: `rollback of ${deployment.name} to nothing: it was never live` };
}

export async function startRestore(
  ports: OperationPorts,
  { id: deploymentId, name: deploymentName }: Deployment,
  order: {
    readonly workflow: 'rollback' | 'upgrade';
    readonly settings: RestoreSettings;
    readonly actor: string;
    readonly message: string;
  },
): Promise<Started> {
  const { message, ...rest } = order;
  const execution: Execution = {
    ...rest,
    id: `${order.workflow}-${shortId()}${shortId()}`,
    deploymentId,
    deploymentName,
    status: 'RUNNING',
    startedAt: ports.clock.now(),
    endedAt: null,
    cancelRequested: false,
  };
  await holdLock(ports, execution, () => recordExecution(ports, execution, message));
  await startRecorded(ports, execution);
  return { executionId: execution.id, deploymentId, deploymentName };
}

/** @throws {HiveMindError} ReleaseNotFound, AlreadyLive, NotLive: it never was */
async function releaseToGoTo(
  ports: RecordPorts,
  deployment: Deployment,
  wanted: number | undefined,
): Promise<Release> {
  const number = wanted ?? deployment.previousRelease;
  if (number === undefined) throw nothingToRollBack(deployment);
  if (number === deployment.liveRelease) throw alreadyLive(deployment.name, number);
  const release = await findRelease(ports, deployment, number);
  const lived = await releasesThatLived(ports.store, deployment);
  if (!lived.has(number)) throw neverLive(deployment, release);
  return release;
}

export async function findRelease(
  { store }: Pick<OperationPorts, 'store'>,
  { id, name }: Deployment,
  number: number,
): Promise<Release> {
  const releases = await store.listReleases(id);
  const release = releases.find((candidate) => candidate.number === number);
  if (release) return release;
  throw new HiveMindError('ReleaseNotFound', `"${name}" has no release ${number}`, {
    hint: `its releases: hivemind releases ${name}`,
  });
}

/** The execution that made a release first: its stages tell plan and artifact, its settings the environment. */
async function originOf(
  { store }: Pick<OperationPorts, 'store'>,
  release: Release,
): Promise<ReleaseExecution> {
  const execution = release.executionId && (await store.findExecution(release.executionId));
  if (execution && isRelease(execution)) return execution;
  throw new HiveMindError(
    'ReleaseNotFound',
    `nothing is on record of how release ${release.number} was made`,
    {
      hint: 'it was made by an earlier version of HiveMind: deploy its commit again with `hivemind update NAME --ref COMMIT`',
    },
  );
}

const alreadyLive = (name: string, number: number): HiveMindError =>
  new HiveMindError('AlreadyLive', `release ${number} of "${name}" is live already`, {
    hint: `choose another one: hivemind releases ${name}`,
  });

/** Nothing of it was ever proved: to serve it would be a new attempt, which an update makes with all its checks. */
const neverLive = ({ name }: Deployment, { number, commit }: Release): HiveMindError =>
  new HiveMindError(
    'NotLive',
    `release ${number} of "${name}" was never live: there is nothing to go back to`,
    {
      hint: `choose one that was: hivemind releases ${name}; or try its commit again: hivemind update ${name} --ref ${commit.slice(0, 12)}`,
    },
  );

const alreadyProduction = (name: string): HiveMindError =>
  new HiveMindError('AlreadyLive', `"${name}" is in production already`, {
    hint: `its state: hivemind status ${name}`,
  });

const wasLive = ({ name }: Deployment): HiveMindError =>
  new HiveMindError('NotLive', `nothing of "${name}" serves, but it was live before and may hold data`, {
    hint: `go on with its removal, which saves the database first: hivemind destroy ${name} --confirm ${name}; or bring it back: hivemind deploy SOURCE --name ${name}`,
  });

const nothingToRollBack = ({ name }: Deployment): HiveMindError =>
  new HiveMindError('ReleaseNotFound', `"${name}" has no release before the one that is live`, {
    hint: `its releases: hivemind releases ${name}`,
  });
