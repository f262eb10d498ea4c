import * as z from 'zod';
import { instanceReleaseOf } from '../contracts/instance-release.ts';
import type { Deployment } from '../domain/deployment.ts';
import { digestOf } from '../domain/digest.ts';
import { asHiveMindError, HiveMindError } from '../domain/errors.ts';
import type { SwapExecution } from '../domain/execution.ts';
import type { JsonObject } from '../domain/json.ts';
import { beginRoll, isServing, type RollingInstance } from '../domain/rolling.ts';
import type { Stack } from '../domain/stack.ts';
import { secondsBetween } from '../domain/time.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { analysedOutput } from './outputs.ts';
import { planOfRelease } from './release-plan.ts';
import {
  type Rolling,
  type RollPorts,
  replaceFailing,
  rollInstances,
  viewInstances,
} from './roll-instances.ts';
import { rollShape } from './roll-progress.ts';
import { type AgentCall, requireOutput } from './stage-context.ts';

/** Together with the time that a rolling update has for each direction it stays below that of the workflow. */
const RESTORE_SECONDS = 1_200;

const progressShape = z.strictObject({ roll: rollShape, since: z.string() });
type Progress = z.infer<typeof progressShape>;

interface RestorePorts extends RollPorts {
  readonly store: DeploymentStore;
}

/**
 * After a rolling update that failed, wherever: the instances that were replaced get the release on record again, one after the other.
 * Does nothing where none was replaced, and where the new release is on record already.
 * @returns whether all instances run it; false: call again
 * @throws {HiveMindError} which instances do not run it, with the code of what stands in the way; StageTimedOut when nothing says
 */
export async function restoreInstances(
  ports: RestorePorts,
  execution: SwapExecution,
  deployment: Deployment,
  stacks: readonly Stack[],
  call: AgentCall,
): Promise<boolean> {
  const rolling = await rollingBack(ports, execution, deployment, stacks, call);
  if (rolling === undefined) return true;
  const { read, write, forget } = journalOf(ports, execution);
  const progress = (await read()) ?? { roll: beginRoll(rolling.release.number), since: ports.clock.now() };
  await write(progress);
  try {
    const patienceSeconds = Math.min(call.patienceSeconds, secondsLeft(ports, progress));
    const limited = { ...rolling, call: { ...call, patienceSeconds } };
    const isDone = await rollInstances(limited, progress.roll, (roll) => write({ ...progress, roll }));
    if (isDone) await forget();
    return isDone;
  } catch (error) {
    const cause = asHiveMindError(error);
    if (call.signal.aborted || cause.kind.transient) throw error;
    // Whoever tries once more has all the time once more.
    await forget();
    await replaceFailing(rolling);
    throw await notRestored(ports, execution, deployment, rolling, cause);
  }
}

/** What there is to do; undefined: nothing. */
async function rollingBack(
  ports: RestorePorts,
  execution: SwapExecution,
  { id, liveColor, liveRelease }: Deployment,
  stacks: readonly Stack[],
  call: AgentCall,
): Promise<Rolling | undefined> {
  const runs = await ports.store.listStageRuns(execution.id);
  const stack = stacks.find(
    ({ blueprint, parameters }) => blueprint === 'compute' && parameters['color'] === liveColor,
  );
  if (!stack || !runs.some(({ stage }) => stage === 'roll')) return undefined;
  const release = instanceReleaseOf(stack.parameters);
  const plan =
    (await planOfRelease(ports.store, id, release.number)) ??
    (await requireOutput(ports.store, execution.id, 'analyse', analysedOutput)).plan;
  if (release.number !== liveRelease) return undefined;
  return {
    ports,
    stack: stack.name,
    balancer: stacks.find(({ blueprint }) => blueprint === 'load-balancer')?.name,
    release,
    plan,
    settings: execution.settings,
    call,
    bakeSeconds: 0,
    beforeStart: async () => true,
    objection: async () => null,
  };
}

/** Written down under a key of its own: the way must not begin anew with every call, nor the time. */
function journalOf({ store }: RestorePorts, { id, deploymentId }: SwapExecution) {
  const key = digestOf({ restoreOf: id });
  const record = (output: JsonObject) =>
    store.recordResult(deploymentId, 'roll', key, { output, summary: 'putting the old release back' });
  return {
    read: async (): Promise<Progress | undefined> =>
      progressShape.safeParse((await store.findResult(deploymentId, 'roll', key))?.output).data,
    write: (progress: Progress) => record(progress),
    forget: () => record({}),
  };
}

/** @throws {HiveMindError} StageTimedOut */
function secondsLeft({ clock }: RestorePorts, { since }: Progress): number {
  const left = RESTORE_SECONDS - secondsBetween(since, clock.now());
  if (left > 0) return left;
  throw new HiveMindError('StageTimedOut', `it was not done within ${RESTORE_SECONDS / 60} minutes`, {
    hint: 'see the log of the instance',
  });
}

/** Told in the history too: the failure on record stays the one that came before. */
async function notRestored(
  ports: RestorePorts,
  { id: executionId, deploymentId }: SwapExecution,
  { name }: Deployment,
  rolling: Rolling,
  cause: HiveMindError,
): Promise<HiveMindError> {
  const { number } = rolling.release;
  const left = (await viewInstances(rolling)).filter((view) => view.release !== number || !isServing(view));
  const which = left.map(describe).join(', ') || 'an instance';
  const error = new HiveMindError(
    cause.code,
    `release ${number} is not back on every instance: ${which}: ${cause.message}`,
    {
      hint: `hivemind update ${name} without --rolling replaces all instances by new ones; before that, look at ${left[0]?.id ?? 'the instances'}: ${cause.hint}`,
      logTail: cause.logTail,
      cause,
    },
  );
  await ports.store.appendEvent({
    deploymentId,
    executionId,
    actor: 'janitor',
    type: 'warning',
    message: `${error.message}; ${error.hint}`,
    data: { instances: left.map(({ id }) => id) },
  });
  return error;
}

const describe = ({ id, release, process, target }: RollingInstance): string => {
  const files = release === null ? 'is being replaced' : `has release ${release}`;
  const state = process ?? 'silent';
  return `${id} ${files} (${state}${target === 'none' ? '' : `, target ${target}`})`;
};
