import { instanceReleaseOf } from '../../src/contracts/instance-release.ts';
import { asHiveMindError, HiveMindError } from '../../src/domain/errors.ts';
import { isSwap, type ReleaseExecution } from '../../src/domain/execution.ts';
import { isExposed } from '../../src/domain/plan.ts';
import { beginRoll } from '../../src/domain/rolling.ts';
import { stackName } from '../../src/domain/stack.ts';
import { secondsBetween } from '../../src/domain/time.ts';
import { migratedOutput, type Rolled, rolledOutput } from '../../src/stages/outputs.ts';
import { planOfRelease } from '../../src/stages/release-plan.ts';
import { type Rolling, rollInstances } from '../../src/stages/roll-instances.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import { type AgentCall, findOutput, type TaskAnswer } from '../../src/stages/stage-context.ts';
import type { StageProgress } from '../../src/stages/stage-journal.ts';
import { requireLiveColor, type WantedRelease, wantedRelease } from '../../src/stages/wanted-release.ts';
import { migrateOn } from './migrate.ts';
import type { DeployerPorts } from './ports.ts';
import { NO_TRAFFIC, rollObjection, trafficBefore } from './roll-gate.ts';
import { requireRollable } from './rollable.ts';
import { type RollProgress, rollProgress } from './schema.ts';

/** For one direction: what has not ended by then stands still. */
const ROLL_SECONDS = 2_700;

/** One rolling update: the instances, the release they have and the one they are to get. */
interface Replacing {
  readonly ports: DeployerPorts;
  readonly execution: ReleaseExecution;
  readonly forward: Rolling;
  readonly back: Rolling;
}

/**
 * Puts the release on the instances of the live colour, one after the other. At the first failure all of them get the old release again,
 * before the failure is told.
 */
export async function roll(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const wanted = await wantedRelease(ports, execution);
  const color = requireLiveColor(wanted.facts);
  const stack = stackName(execution.deploymentId, 'compute', color);
  const result = await runStage<Rolled>(ports, execution, call, {
    stage: 'roll',
    inputs: async () => ({ stack, ...wanted.parametersIn(color) }),
    output: rolledOutput,
    stillTrue: async ({ release }) => {
      const instances = await ports.instances.list(stack);
      return instances.length > 0 && instances.every((instance) => instance.release === release);
    },
    run: async (_digest, progress) => {
      const replacing = await replacingOf(ports, execution, wanted, stack, call);
      const { number } = wanted.release;
      if (!(await goOn(replacing, progress))) return { finished: false };
      const instances = (await ports.instances.list(stack)).map(({ id }) => id);
      const summary = `release ${number} replaced the one on ${instances.length} instances, one after the other`;
      return { finished: true, output: { stack, color, release: number, instances }, summary };
    },
  });
  return { finished: result.finished };
}

/** @throws {HiveMindError} StackNotFound */
async function replacingOf(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  { facts, parametersIn }: WantedRelease,
  stack: string,
  call: AgentCall,
): Promise<Replacing> {
  const stacks = await ports.stacks.list(execution.deploymentId);
  const standing = stacks.find(({ name }) => name === stack);
  if (!standing) {
    throw new HiveMindError(
      'StackNotFound',
      `there is no stack "${stack}" whose instances could be replaced`,
      {
        hint: 'update without --rolling: that makes new instances',
      },
    );
  }
  const former = instanceReleaseOf(standing.parameters);
  await requireTruth(ports, execution, former.number);
  const next = instanceReleaseOf(parametersIn(former.color));
  const shared = {
    ports,
    stack,
    balancer: isExposed(facts.plan)
      ? stacks.find(({ blueprint }) => blueprint === 'load-balancer')?.name
      : undefined,
    plan: facts.plan,
    settings: execution.settings,
    call,
    bakeSeconds: 0,
    beforeStart: async () => true,
    objection: async () => null,
  };
  const bakeSeconds = isSwap(execution) ? execution.settings.swap.bakeSeconds : 0;
  const forward = { ...shared, release: next, bakeSeconds, beforeStart: migration(ports, execution, call) };
  // Each release is checked where it answers itself.
  const plan = (await planOfRelease(ports.store, execution.deploymentId, former.number)) ?? facts.plan;
  return { ports, execution, forward, back: { ...shared, plan, release: former } };
}

/** What the instances go back to has to be what is live. @throws {HiveMindError} InvalidInput */
async function requireTruth(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  former: number,
): Promise<void> {
  const live = (await ports.store.findDeployment(execution.deploymentId))?.liveRelease;
  if (live === undefined || live === former) return;
  throw new HiveMindError(
    'InvalidInput',
    `release ${live} is live, but new instances would get release ${former}: the last rolling update did not end`,
    { hint: 'update without --rolling: that makes new instances' },
  );
}

/** Once, on the first instance that has the new files. */
const migration =
  (ports: DeployerPorts, execution: ReleaseExecution, call: AgentCall) =>
  async (instanceId: string): Promise<boolean> => {
    if (await findOutput(ports.store, execution.id, 'migrate', migratedOutput)) return true;
    return (await migrateOn(ports, execution, call, async () => instanceId)).finished;
  };

/** Returns whether every instance runs the new release. @throws {HiveMindError} what failed, once the old release is back */
async function goOn(replacing: Replacing, { known, save }: StageProgress): Promise<boolean> {
  const { ports, forward, back } = replacing;
  let progress = known === null ? await begin(replacing) : rollProgress.parse(known);
  const keep = async (change: Partial<RollProgress>): Promise<void> => {
    progress = { ...progress, ...change };
    await save(progress);
  };
  if (known === null) await keep({});
  if (progress.failure === null) {
    try {
      requireTime(ports, progress);
      const objection = rollObjection(ports, forward, replacing.execution, progress.reference);
      return await rollInstances({ ...forward, objection }, progress.roll, (roll) => keep({ roll }));
    } catch (error) {
      const failure = asHiveMindError(error);
      // Whoever cleans up puts the old release back; what passes is tried again.
      if (forward.call.signal.aborted || failure.kind.transient) throw error;
      const { number } = back.release;
      await keep({ failure: storable(failure), roll: beginRoll(number), since: ports.clock.now() });
    }
  }
  requireTime(ports, progress);
  if (!(await rollInstances(back, progress.roll, (roll) => keep({ roll })))) return false;
  throw takenBack(progress, back.release.number);
}

/** @throws {HiveMindError} InvalidInput */
async function begin({ ports, forward, back }: Replacing): Promise<RollProgress> {
  const { balancer, release, stack } = forward;
  requireRollable(back.release, release, await ports.instances.list(stack));
  const since = ports.clock.now();
  const reference = balancer === undefined ? NO_TRAFFIC : await trafficBefore(ports, balancer, release.color);
  return { roll: beginRoll(release.number), failure: null, since, reference };
}

/** @throws {HiveMindError} StageTimedOut */
function requireTime({ clock }: DeployerPorts, { since, failure }: RollProgress): void {
  if (secondsBetween(since, clock.now()) < ROLL_SECONDS) return;
  const why = failure === null ? '' : `; it had failed before: ${failure.message}`;
  throw new HiveMindError(
    'StageTimedOut',
    `the instances were not replaced within ${ROLL_SECONDS / 60} minutes${why}`,
    {
      hint: 'see `hivemind status` for the instance that does not answer, then update again without --rolling',
    },
  );
}

const storable = ({ code, message, hint, logTail }: HiveMindError) => ({
  code,
  message,
  hint,
  logTail: [...logTail],
});

const takenBack = ({ failure }: RollProgress, former: number): HiveMindError =>
  new HiveMindError(failure?.code ?? 'ReleaseRejected', failure?.message ?? '', {
    hint: `every instance runs release ${former} again; ${failure?.hint ?? ''}`,
    logTail: failure?.logTail ?? [],
  });
