import type { Started } from '../contracts/api.ts';
import { rollbackRequest } from '../contracts/api.ts';
import { type Color, type Deployment, shortId } from '../domain/deployment.ts';
import { asHiveMindError, type ErrorCode, type HiveMindError } from '../domain/errors.ts';
import { EVENT_TYPES } from '../domain/events.ts';
import { type Execution, isRelease, wentLive } from '../domain/execution.ts';
import {
  abandonedOutcome,
  type Chore,
  choresOf,
  hasJustFailed,
  type IdleView,
  isAbandoned,
  unansweredFailure,
} from '../domain/forgotten.ts';
import { type GiveBackPorts, giveBack } from './give-back.ts';
import { settingsToKeep } from './inherited-settings.ts';
import type { OperationPorts } from './ports.ts';
import { settleExecution } from './settle-execution.ts';
import { startRollback } from './start-restore.ts';
import { startRetire } from './start-retire.ts';

export interface TendPorts extends OperationPorts, GiveBackPorts {
  /** Whether an execution is run at this moment. Absent where nobody can say: then its age tells. */
  readonly isRun?: (executionId: string) => boolean;
}

/** What was found forgotten, and seen to. */
export interface Tended {
  /** Executions that had lost whoever ran them. */
  readonly settled: readonly Execution[];
  readonly started: readonly Started[];
  /** Ids of deployments of whose failure the operator was told. */
  readonly told: readonly string[];
  /** What kept a deployment from being seen to; the others were. */
  readonly failures: readonly { readonly deploymentId: string; readonly error: HiveMindError }[];
}

const NOTHING: Tended = { settled: [], started: [], told: [], failures: [] };

/** Sees to what everybody has forgotten: dead executions, colours past their time, failures without an answer. Safe to call twice at once. */
export async function tend(ports: TendPorts): Promise<Tended> {
  const { store } = ports;
  const running = await store.listExecutions({ status: 'RUNNING' });
  const frozen = (await store.findFreeze()) !== undefined;
  let all = NOTHING;
  for (const deployment of await store.listDeployments({ limit: Number.MAX_SAFE_INTEGER })) {
    const own = running.filter(({ deploymentId }) => deploymentId === deployment.id);
    const tended = await tendOne(ports, deployment, own, frozen).catch(failureOf(deployment));
    all = both(all, tended);
  }
  return all;
}

const both = (one: Tended, other: Tended): Tended => ({
  settled: [...one.settled, ...other.settled],
  started: [...one.started, ...other.started],
  told: [...one.told, ...other.told],
  failures: [...one.failures, ...other.failures],
});

/** Somebody has begun to work on it, or has stopped everything: then it is not forgotten. */
const NOT_FORGOTTEN: readonly ErrorCode[] = ['DeploymentBusy', 'Frozen', 'AlreadyLive'];

const failureOf =
  ({ id: deploymentId }: Deployment) =>
  (thrown: unknown): Tended => {
    const error = asHiveMindError(thrown);
    return NOT_FORGOTTEN.includes(error.code) ? NOTHING : { ...NOTHING, failures: [{ deploymentId, error }] };
  };

async function tendOne(
  ports: TendPorts,
  deployment: Deployment,
  running: readonly Execution[],
  frozen: boolean,
): Promise<Tended> {
  const settled = await settleAbandoned(ports, deployment, running);
  if (settled.length < running.length || (await ports.store.findLock(deployment.id))) {
    return { ...NOTHING, settled };
  }
  // What was settled has changed it, and what ended since the executions were listed too.
  const current = (await ports.store.findDeployment(deployment.id)) ?? deployment;
  let all: Tended = { ...NOTHING, settled };
  all = both(all, await restoreTraffic(ports, current).catch(failureOf(current)));
  for (const chore of choresOf(await viewOf(ports, current, frozen))) {
    all = both(all, await doChore(ports, current, chore).catch(failureOf(current)));
  }
  return all;
}

/** Once more after a failure: a task that nobody waits for any more may have moved traffic after it was given back. */
async function restoreTraffic(ports: TendPorts, deployment: Deployment): Promise<Tended> {
  if (!hasJustFailed(deployment, ports.clock.now())) return NOTHING;
  const executions = await ports.store.listExecutions({ deploymentId: deployment.id });
  const newest = executions.find((execution) => isRelease(execution));
  if (newest && newest.status !== 'RUNNING' && newest.status !== 'SUCCEEDED') await giveBack(ports, newest);
  return NOTHING;
}

async function settleAbandoned(
  ports: TendPorts,
  { id: deploymentId, target }: Deployment,
  running: readonly Execution[],
): Promise<readonly Execution[]> {
  if (running.length === 0) return [];
  const lock = await ports.store.findLock(deploymentId);
  const at = ports.clock.now();
  const settled: Execution[] = [];
  for (const { id, startedAt } of running) {
    const facts = { id, startedAt, isRun: ports.isRun?.(id), holdsLock: lock?.owner === id };
    if (!isAbandoned(facts, at)) continue;
    const cause = 'whoever ran it has not been heard of any more';
    const ended = await settleExecution(ports, {
      executionId: id,
      outcome: abandonedOutcome(target),
      at,
      cause,
    });
    if (ended) settled.push(ended);
  }
  return settled;
}

/** What costs calls is only looked up where it decides something. */
async function viewOf(ports: TendPorts, deployment: Deployment, frozen: boolean): Promise<IdleView> {
  const now = ports.clock.now();
  const failedAt = unansweredFailure(deployment, now);
  const looksAtStacks = deployment.liveColor !== undefined || failedAt !== undefined;
  const stacks = looksAtStacks && !frozen ? await ports.stacks.list(deployment.id) : [];
  const compute = stacks.filter(({ blueprint }) => blueprint === 'compute');
  return {
    now,
    deployment,
    colors: compute.map(({ parameters }): Color => (parameters['color'] === 'green' ? 'green' : 'blue')),
    stands: stacks.length > 0,
    frozen,
    ...(failedAt === undefined
      ? { wasLive: true, autoCleanup: false, told: true }
      : await failureFacts(ports, deployment, failedAt)),
  };
}

async function failureFacts(ports: TendPorts, { id: deploymentId }: Deployment, failedAt: string) {
  const succeeded = await ports.store.listExecutions({ deploymentId, status: 'SUCCEEDED' });
  return {
    wasLive: succeeded.some(wentLive),
    autoCleanup: (await settingsToKeep(ports, deploymentId))?.autoCleanup === true,
    told: await wasTold(ports, deploymentId, failedAt),
  };
}

async function wasTold(ports: TendPorts, deploymentId: string, failedAt: string): Promise<boolean> {
  const without = EVENT_TYPES.filter((type) => type !== 'warning');
  const warnings = await ports.store.listEvents({ deploymentId, without });
  return warnings.some(({ data }) => data['unansweredSince'] === failedAt);
}

const ACTOR = 'hivemind';

async function doChore(ports: TendPorts, deployment: Deployment, chore: Chore): Promise<Tended> {
  switch (chore.kind) {
    case 'tell':
      return await tell(ports, deployment, chore.failedAt);
    case 'retire': {
      const { color, reason } = chore;
      return { ...NOTHING, started: [await startRetire(ports, deployment, { color, reason }, ACTOR)] };
    }
    case 'undo':
      return {
        ...NOTHING,
        started: [await startRollback(ports, deployment.id, rollbackRequest.parse({}), ACTOR)],
      };
  }
}

/** Long enough to look once more and to write it down. */
const TELL_LEASE_SECONDS = 30;

/** Two at once tell it once: under the lock only one of them finds it untold. */
async function tell(ports: TendPorts, { id, name }: Deployment, failedAt: string): Promise<Tended> {
  const owner = `tell-${shortId()}`;
  if (await ports.store.acquireLock(id, owner, TELL_LEASE_SECONDS)) return NOTHING;
  try {
    if (await wasTold(ports, id, failedAt)) return NOTHING;
    await ports.store.appendEvent({
      deploymentId: id,
      executionId: null,
      actor: ACTOR,
      type: 'warning',
      message: `the failure of ${failedAt} has had no answer for a day: deploy again, or remove what is left with hivemind destroy ${name}`,
      data: { unansweredSince: failedAt },
    });
    return { ...NOTHING, told: [id] };
  } finally {
    await ports.store.releaseLock(id, owner);
  }
}
