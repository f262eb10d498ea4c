import { HiveMindError } from '../../src/domain/errors.ts';
import { isSwap, type ReleaseExecution } from '../../src/domain/execution.ts';
import {
  allTrafficTo,
  beginSwap,
  heldMove,
  nextMove,
  type SwapMove,
  type SwapView,
} from '../../src/domain/swap.ts';
import { giveWeights } from '../../src/stages/give-weights.ts';
import { releasedOutput, type Shifted, shiftedOutput, stackOutput } from '../../src/stages/outputs.ts';
import { runStage, type StageOutcome } from '../../src/stages/run-stage.ts';
import {
  type AgentCall,
  findOutput,
  requireOutput,
  type TaskAnswer,
} from '../../src/stages/stage-context.ts';
import type { StageProgress } from '../../src/stages/stage-journal.ts';
import type { DeployerPorts } from './ports.ts';
import { type SwapProgress, swapProgress } from './schema.ts';
import { judge, type SwapSubject, swapOutcome, wantedTargets } from './swap-traffic.ts';

/** How often a release that bakes is looked at. */
const LOOK_SECONDS = 0.5;

/** A swap that goes on: who takes over from whom, and where. */
interface Shifting extends SwapSubject {
  readonly executionId: string;
  readonly call: AgentCall;
  readonly progress: StageProgress;
}

/** Takes the traffic to the new colour step by step, and back at once when the new release does worse than the old one. */
export async function shift(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const released = await requireOutput(ports.store, execution.id, 'release', releasedOutput);
  const loadBalancer = await findOutput(ports.store, execution.id, 'load-balancer', stackOutput);
  const balancer = released.url === null ? undefined : loadBalancer?.stack;
  const swap = isSwap(execution) ? execution.settings.swap : { steps: [100], bakeSeconds: 0 };
  const result = await runStage<Shifted>(ports, execution, call, {
    stage: 'shift',
    inputs: async () => ({ ...released, balancer }),
    output: shiftedOutput,
    stillTrue: async () =>
      balancer === undefined || (await ports.router.weights(balancer))[released.color] === 100,
    run: async (_digest, progress) => {
      if (balancer === undefined) {
        return { finished: true, output: NOTHING_SERVED, summary: 'it has no port: nothing to shift' };
      }
      const { deploymentId } = execution;
      const live = (await ports.store.findDeployment(deploymentId))?.liveColor;
      if (live === released.color) {
        await giveWeights(ports, balancer, allTrafficTo(live));
        return { finished: true, output: NOTHING_SERVED, summary: 'it is live: it has all traffic' };
      }
      const shifting = { ports, balancer, released, deploymentId, executionId: execution.id, call, progress };
      const { steps, bakeSeconds } = swap;
      return await goOn(shifting, async () => ({
        swap: beginSwap(released.color, steps, bakeSeconds),
        targets: await wantedTargets(shifting),
        startedAt: ports.clock.now(),
      }));
    },
  });
  return { finished: result.finished };
}

const NOTHING_SERVED: Shifted = { requests: 0, failed: 0, slowestMilliseconds: null };

async function goOn(shifting: Shifting, begin: () => Promise<SwapProgress>): Promise<StageOutcome<Shifted>> {
  const { ports, call, progress } = shifting;
  let state = progress.known === null ? await begin() : swapProgress.parse(progress.known);
  if (progress.known === null) await progress.save(state);
  const patienceEnds = performance.now() + call.patienceSeconds * 1000;
  for (;;) {
    call.signal.throwIfAborted();
    const move = await moveOf(shifting, state);
    switch (move.kind) {
      case 'done':
        return { finished: true, ...(await swapOutcome(shifting, state)) };
      case 'abort':
        return await takeBack(shifting, move);
      case 'shift':
        if (!(await isWanted(shifting))) return { finished: false };
        await giveWeights(ports, shifting.balancer, move.weights);
        break;
      case 'bake':
      case 'count':
      case 'next':
        state = { ...state, swap: move.swap };
        await progress.save(swapProgress.parse(state));
        break;
      case 'wait':
        if (performance.now() >= patienceEnds) return { finished: false };
        await ports.clock.sleep(Math.min(LOOK_SECONDS, move.seconds) * 1000, call.signal);
    }
  }
}

/** A workflow that is stopped from outside leaves its last call running, and the traffic is given back meanwhile. */
async function isWanted({ ports, executionId }: Shifting): Promise<boolean> {
  return (await ports.store.findExecution(executionId))?.status === 'RUNNING';
}

async function moveOf(shifting: Shifting, state: SwapProgress): Promise<SwapMove> {
  const move = nextMove(state.swap, await viewOf(shifting, state));
  return (await shifting.ports.store.findFreeze()) ? heldMove(move) : move;
}

async function viewOf(shifting: Shifting, state: SwapProgress): Promise<SwapView> {
  const { ports, balancer } = shifting;
  const [weights, verdict] = await Promise.all([ports.router.weights(balancer), judge(shifting, state)]);
  return { now: ports.clock.now(), weights, ...verdict };
}

/** The traffic goes back before anything else happens. @throws {HiveMindError} ReleaseRejected */
async function takeBack(
  { ports, balancer, released }: Shifting,
  { weights, reason }: Extract<SwapMove, { kind: 'abort' }>,
): Promise<never> {
  await giveWeights(ports, balancer, weights);
  const [instance] = released.instances;
  throw new HiveMindError('ReleaseRejected', `release ${released.release} was taken back: ${reason}`, {
    hint: 'the release before it has all traffic again; mend the application and update again',
    logTail: instance === undefined ? [] : await ports.instances.logTail(instance, 20),
  });
}
