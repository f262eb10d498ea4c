import type { Started } from '../contracts/api.ts';
import { type Deployment, shortId } from '../domain/deployment.ts';
import {
  concernsDeployment,
  type Execution,
  isRelease,
  isSwap,
  type ReleaseExecution,
} from '../domain/execution.ts';
import { isOpenQuestion } from '../domain/fix.ts';
import { STAGES } from '../domain/stage.ts';
import { notLive, requireDeployment } from './require-deployment.ts';
import {
  alreadyLive,
  exhausted,
  MAX_RETRIES,
  noSuchChange,
  nothingToRetry,
  runsStill,
} from './retry-refusals.ts';
import { type RetryRequest, retriedSettings } from './retry-settings.ts';
import type { StartDeployPorts } from './start-deploy.ts';
import {
  deploymentBusy,
  holdLock,
  recordExecution,
  startRecorded,
  waitsForAnswer,
} from './start-execution.ts';

/**
 * Starts the workflow of the newest execution that did not end well once more, with its settings and the changes: finished stages
 * return at once. Three times in a row without a change at most.
 * @throws {HiveMindError} DeploymentNotFound, NothingToRetry, AlreadyLive, NotLive, DeploymentBusy, RetriesExhausted, InvalidInput, Frozen
 */
export async function startRetry(
  ports: StartDeployPorts,
  idOrName: string,
  request: RetryRequest,
  actor: string,
): Promise<Started> {
  const deployment = await requireDeployment(ports.store, idOrName);
  const failed = await requireFailed(ports, deployment);
  const fields = {
    id: `${failed.workflow}-${shortId()}${shortId()}`,
    status: 'RUNNING',
    startedAt: ports.clock.now(),
    endedAt: null,
    actor,
    cancelRequested: false,
    failure: undefined,
    resumedAt: undefined,
    unattended: undefined,
  } as const;
  const execution = await holdLock(ports, { ...failed, ...fields }, async () => {
    // Only under the lock is what was decided still true.
    const newest = await newestOf(ports, deployment);
    if (newest?.id !== failed.id) throw await deploymentBusy(ports, failed);
    const next = await retried(ports, failed, fields, request);
    await recordExecution(ports, next, describe(failed, next), { retryOf: failed.id });
    return next;
  });
  await startRecorded(ports, execution);
  return { executionId: execution.id, deploymentId: deployment.id, deploymentName: deployment.name };
}

/** The execution that a retry repeats. @throws {HiveMindError} NothingToRetry, AlreadyLive, NotLive, DeploymentBusy */
async function requireFailed(ports: StartDeployPorts, deployment: Deployment): Promise<Execution> {
  if (deployment.status === 'DESTROYED') throw nothingToRetry(deployment, 'it was destroyed');
  const newest = await newestOf(ports, deployment);
  if (!newest) throw nothingToRetry(deployment, 'nothing of it has run yet');
  if (newest.status === 'RUNNING') {
    const question = (await ports.store.listFixes(newest.id)).find(isOpenQuestion);
    throw question ? waitsForAnswer(question) : runsStill(newest);
  }
  if (newest.status === 'SUCCEEDED')
    throw nothingToRetry(deployment, `its last ${newest.workflow} went well`);
  if (isLiveAlready(deployment, newest)) throw alreadyLive(deployment, newest);
  const replacesLive =
    isSwap(newest) && !(newest.workflow === 'rollback' && newest.settings.toRelease === null);
  if (replacesLive && deployment.liveColor === undefined) throw notLive(deployment);
  return newest;
}

/** A removal of a colour without traffic is started again by itself. */
async function newestOf({ store }: StartDeployPorts, { id }: Deployment): Promise<Execution | undefined> {
  const executions = await store.listExecutions({ deploymentId: id });
  return executions.find(concernsDeployment);
}

/** Whether what it was to bring about is there, although it failed after that. */
function isLiveAlready({ liveExecution, liveRelease, stage }: Deployment, failed: Execution): boolean {
  if (liveExecution === failed.id) return true;
  if (failed.workflow === 'rollback')
    return liveRelease !== undefined && failed.settings.toRelease === liveRelease;
  return failed.workflow === 'upgrade' && stage === failed.settings.stage;
}

type NewFields = Partial<Omit<Execution, 'workflow' | 'settings'>>;

async function retried(
  ports: StartDeployPorts,
  failed: Execution,
  fields: NewFields,
  request: RetryRequest,
): Promise<Execution> {
  if (isRelease(failed)) return await retriedRelease(ports, failed, fields, request);
  if (Object.keys({ ...request.plan, ...request.environment }).length > 0) throw noSuchChange(failed);
  return { ...failed, ...fields, retries: nextCount(failed, false) };
}

async function retriedRelease<T extends ReleaseExecution>(
  ports: StartDeployPorts,
  failed: T,
  fields: NewFields,
  request: RetryRequest,
): Promise<T> {
  const isRestore = failed.workflow === 'rollback' || failed.workflow === 'upgrade';
  if (isRestore && Object.keys(request.plan).length > 0) throw noSuchChange(failed);
  const { settings, isChanged } = await retriedSettings(ports, failed, request);
  return { ...failed, ...fields, settings, retries: nextCount(failed, isChanged) };
}

/** @throws {HiveMindError} RetriesExhausted */
function nextCount(failed: Execution, isChanged: boolean): number {
  if (isChanged) return 0;
  const { retries = 0 } = failed;
  if (retries >= MAX_RETRIES) throw exhausted(failed);
  return retries + 1;
}

function describe({ workflow, failure, status }: Execution, { retries }: Execution): string {
  const where = failure?.stage ? ` while ${STAGES[failure.stage].title}` : '';
  const why = failure ? `: ${failure.code}${where}` : '';
  const how = retries ? `retry ${retries} of ${MAX_RETRIES}` : 'retry with a change';
  return `${how} of the ${workflow} that ${status === 'CANCELLED' ? 'was cancelled' : 'failed'}${why}`;
}
