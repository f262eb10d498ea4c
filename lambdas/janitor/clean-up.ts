import { COLORS, type Deployment } from '../../src/domain/deployment.ts';
import { asHiveMindError, type HiveMindError } from '../../src/domain/errors.ts';
import { type Execution, isPreview, isRolling } from '../../src/domain/execution.ts';
import { BLUEPRINTS, REMOVAL_ORDER, type Stack, stackName } from '../../src/domain/stack.ts';
import { allTrafficTo } from '../../src/domain/swap.ts';
import { secondsBetween } from '../../src/domain/time.ts';
import { buildToken } from '../../src/stages/build-token.ts';
import { isHeldByFreeze } from '../../src/stages/freeze-hold.ts';
import { giveWeights } from '../../src/stages/give-weights.ts';
import { recordedSecrets } from '../../src/stages/recorded-secrets.ts';
import { restoreInstances } from '../../src/stages/restore-instances.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import { hasBeenLive } from './been-live.ts';
import { removeFinalSnapshot } from './final-snapshot.ts';
import type { JanitorPorts } from './ports.ts';
import { removeStack, removeUnusedNetwork } from './removal.ts';

/**
 * After a failed deploy: the previous release gets all traffic back and stays; without one, everything the deploy made is
 * removed. At a freeze only the traffic goes back. The record, the events, the logs and the finished artifact stay for the diagnosis
 * and the next attempt.
 */
export async function cleanUp(
  ports: JanitorPorts,
  execution: Execution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  if (!deployment) return { finished: true };
  if (isPreview(execution)) return await removeNames(ports, deployment, call);
  await stopBuild(ports, execution);
  const stacks = await ports.stacks.list(deployment.id);
  const isChanging = await isStillChanging(ports, execution, stacks);
  if (deployment.liveColor) await giveTrafficBack(ports, deployment, stacks);
  if (await isHeldByFreeze(ports, call)) return { finished: false };
  // A change that is still under way may be taken back, and the traffic with it.
  if (isChanging && deployment.target === 'aws') return { finished: false };
  if (isRolling(execution) && !(await restoreInstances(ports, execution, deployment, stacks, call))) {
    return { finished: false };
  }
  const keepsData = await hasBeenLive(ports, deployment);
  const { failures, unfinished } = await removeEach(
    ports,
    execution,
    leftovers(deployment, stacks, keepsData),
    call,
  );
  if (unfinished) return { finished: false };
  if (!keepsData && !(await removeTraces(ports, execution, call))) return { finished: false };
  if (failures[0]) throw failures[0];
  return { finished: !(await mayStillBeMade(ports, execution, deployment)) };
}

/** Instances that the failed stage has given up are not waited for: their stack can be deleted while it is being made. */
async function isStillChanging(
  { store }: JanitorPorts,
  { id }: Execution,
  stacks: readonly Stack[],
): Promise<boolean> {
  const changing = stacks.filter(({ status }) => status.endsWith('_IN_PROGRESS'));
  if (changing.length === 0) return false;
  const run = (await store.listStageRuns(id)).find(({ stage }) => stage === 'compute');
  return changing.some(
    ({ blueprint, status }) =>
      run?.status !== 'FAILED' || blueprint !== 'compute' || status !== 'CREATE_IN_PROGRESS',
  );
}

/** What belongs to no stack of a deployment that has never been live. Returns false while that goes on. */
export async function removeTraces(
  ports: JanitorPorts,
  execution: Execution,
  call: AgentCall,
): Promise<boolean> {
  const { store, secrets } = ports;
  const { id, deploymentId } = execution;
  if (!(await removeUnusedNetwork(ports, execution, call))) return false;
  await secrets.removeAll(deploymentId, await recordedSecrets(store, deploymentId));
  // What was verified is gone.
  await store.putVerification(deploymentId, id, []);
  return await removeFinalSnapshot(ports, execution, call);
}

/** A build that was begun goes on wherever it runs, and nobody wants it any more. */
async function stopBuild({ store, builder }: JanitorPorts, { id, deploymentId }: Execution): Promise<void> {
  const run = (await store.listStageRuns(id)).find(({ stage }) => stage === 'build');
  if (run?.status !== 'SUCCEEDED' && run?.digest) await builder.stop(buildToken(deploymentId, run.digest));
}

/** A preview that was cut short may leave the name of a stack behind that was never made. */
async function removeNames(ports: JanitorPorts, { id }: Deployment, call: AgentCall): Promise<TaskAnswer> {
  const names = BLUEPRINTS.flatMap((blueprint) =>
    blueprint === 'compute'
      ? COLORS.map((color) => stackName(id, blueprint, color))
      : [stackName(id, blueprint)],
  );
  for (const name of names) {
    if (await ports.stacks.describe(name)) continue;
    if (!(await ports.stacks.remove(name, call))) return { finished: false };
  }
  return { finished: true };
}

/**
 * Step Functions forgets the task beside a failure without ending it: what it was about to make shows within this time, as a call begins no
 * stack later than ten seconds after it began.
 */
const ABANDONED_TASK_SECONDS = 15;

async function mayStillBeMade(
  { store, clock }: JanitorPorts,
  { id }: Execution,
  { target }: Deployment,
): Promise<boolean> {
  if (target === 'local') return false;
  const failure = (await store.findExecution(id))?.failure;
  if (!failure) return false;
  return secondsBetween(failure.at, clock.now()) < ABANDONED_TASK_SECONDS;
}

/** All traffic to the live release, at once: a release that fails has no share of it while somebody finds out why. */
export async function giveBack(ports: JanitorPorts, execution: Execution): Promise<TaskAnswer> {
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  if (deployment?.liveColor && !isPreview(execution)) {
    await giveTrafficBack(ports, deployment, await ports.stacks.list(deployment.id));
  }
  return { finished: true };
}

/** A stack that cannot be removed keeps none of the others. */
export async function removeEach(
  ports: JanitorPorts,
  execution: Execution,
  stacks: readonly Stack[],
  call: AgentCall,
): Promise<{ readonly failures: readonly HiveMindError[]; readonly unfinished: boolean }> {
  const failures: HiveMindError[] = [];
  for (const stack of stacks) {
    try {
      // What uses goes before what is used: the next one waits until this one is gone.
      if (!(await removeStack(ports, execution, stack, call))) return { failures, unfinished: true };
    } catch (error) {
      failures.push(asHiveMindError(error));
    }
  }
  return { failures, unfinished: false };
}

async function giveTrafficBack(ports: JanitorPorts, deployment: Deployment, stacks: readonly Stack[]) {
  const balancer = stacks.find(({ blueprint }) => blueprint === 'load-balancer');
  if (!balancer || !deployment.liveColor) return;
  await giveWeights(ports, balancer.name, allTrafficTo(deployment.liveColor));
}

/** What the failed deploy made: the idle colour's compute, or everything when no release has ever been live. */
function leftovers(deployment: Deployment, stacks: readonly Stack[], keepsData: boolean): readonly Stack[] {
  const ordered = inRemovalOrder(stacks);
  if (!keepsData) return ordered;
  return ordered.filter(
    (stack) =>
      stack.blueprint === 'compute' &&
      stack.parameters['color'] !== deployment.liveColor &&
      !isWarm(deployment, stack),
  );
}

/** What is kept for going back is nobody's leftover. */
const isWarm = ({ warm }: Deployment, { parameters }: Stack): boolean =>
  warm !== undefined && parameters['color'] === warm.color && parameters['release'] === String(warm.release);

export const inRemovalOrder = (stacks: readonly Stack[]): readonly Stack[] =>
  REMOVAL_ORDER.flatMap((blueprint) => stacks.filter((stack) => stack.blueprint === blueprint));
