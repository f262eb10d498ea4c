import type { Started } from '../../src/contracts/api.ts';
import { COLORS, type EnvironmentStage, shortId } from '../../src/domain/deployment.ts';
import type { Execution } from '../../src/domain/execution.ts';
import type { FixPolicy } from '../../src/domain/fix.ts';
import { cancelExecution } from '../../src/operations/cancel-execution.ts';
import { startDeploy } from '../../src/operations/start-deploy.ts';
import { startDestroy } from '../../src/operations/start-destroy.ts';
import { holdLock, recordExecution, startRecorded } from '../../src/operations/start-execution.ts';
import { startRollback, startUpgrade } from '../../src/operations/start-restore.ts';
import { startUpdate } from '../../src/operations/start-update.ts';
import { isHealthy, type World } from '../fixtures/world/world.ts';
import { type Faults, invocations } from './fault.ts';
import { type MortalPlatform, mortalPlatform, type Witnessed } from './mortal-platform.ts';
import { type Mending, Operator } from './operator.ts';
import type { Random } from './random.ts';
import { letTimePass } from './virtual-time.ts';

export const ORDERS = ['deploy', 'preview', 'update', 'rollback', 'upgrade', 'retire', 'destroy'] as const;
export type Order = (typeof ORDERS)[number];

const NAME = 'shop';
const ACTOR = 'someone@example';

/** At which calls of ports, counted from the start of an order, the control plane dies or somebody cancels. */
export interface Disturbance {
  readonly kills: readonly number[];
  readonly cancelAt: number | undefined;
  /** The disk is full from the first call of a task on. */
  readonly full?: { readonly task: string; readonly seconds: number };
}

/** What one order is, and what happens to it. */
export interface Ordered {
  readonly random: Random;
  readonly faults: Faults;
  readonly disturbance: Disturbance;
  /** Whether somebody has to answer requests at every moment of it. */
  readonly mustServe: boolean;
  /** What becomes of fixes; without it nobody answers. */
  readonly mending?: Mending;
}

/** A control plane that is started again whenever it was killed. */
export class ControlPlane {
  readonly #world: World;
  #platform: MortalPlatform;
  #faults: Faults;
  #calls = 0;
  #disturbance: Disturbance = { kills: [], cancelAt: undefined };
  #running: string | undefined;
  readonly #stage: EnvironmentStage;
  #mustServe = false;
  #fullUntil: number | undefined;
  #outages: string[] = [];
  #operator = new Operator(undefined);

  /** @param stage of the deployment that it makes */
  constructor(world: World, faults: Faults, stage: EnvironmentStage) {
    this.#world = world;
    this.#faults = faults;
    this.#stage = stage;
    this.#platform = this.#boot();
  }

  get store() {
    return this.#platform.store;
  }

  stacks(deploymentId: string) {
    return this.#platform.stacks.list(deploymentId);
  }

  /** Moments of the last order at which requests were not answered. */
  get outages(): readonly string[] {
    return this.#outages;
  }

  /** Gives the order and waits for its end, through every kill. @returns the execution that has ended */
  async carryOut(order: Order, ordered: Ordered): Promise<Execution> {
    const { random, faults, disturbance, mustServe, mending } = ordered;
    this.#faults = faults;
    this.#disturbance = { kills: [], cancelAt: undefined };
    this.#platform = this.#boot();
    this.#mustServe = mustServe;
    this.#fullUntil = undefined;
    this.#outages = [];
    this.#operator = new Operator(mending?.random);
    const settings = { stage: this.#stage, fixes: mending?.policy };
    const { executionId } = await start(order, this.#platform, random, settings);
    this.#calls = 0;
    this.#running = executionId;
    this.#disturbance = disturbance;
    // One that is started again looks for what it left before it takes new orders; it may die while it does.
    let resumed = Promise.resolve();
    for (;;) {
      const ended = await this.#endOrDeath(executionId, resumed);
      if (ended) return ended;
      this.#platform = this.#boot();
      resumed = this.#platform.runner.resume();
    }
  }

  #boot(): MortalPlatform {
    return mortalPlatform(this.#world, this.#faults, (call) => this.#witness(call));
  }

  #witness(call: Witnessed): Error | undefined {
    this.#calls += 1;
    const { kills, cancelAt } = this.#disturbance;
    const silent = this.#mustServe ? silentColors(this.#world) : [];
    if (silent[0]) this.#outages.push(`${silent.join(' and ')} at call ${this.#calls}`);
    if (kills.includes(this.#calls)) call.kill();
    if (this.#calls === cancelAt && this.#running !== undefined) {
      const running = this.#running;
      // Whoever cancels is nobody whose calls a seed decides about.
      invocations.exit(() => void cancelExecution(this.#platform, running, ACTOR));
    }
    return this.#diskOf(call);
  }

  /** Once, and for a while. @returns why what needs space on the disk fails */
  #diskOf({ name, task }: Witnessed): Error | undefined {
    const { full } = this.#disturbance;
    if (full && full.task === task && this.#fullUntil === undefined) {
      this.#fullUntil = Date.now() + full.seconds * 1000;
    }
    const isFull = this.#fullUntil !== undefined && Date.now() < this.#fullUntil;
    return isFull && WRITES.test(name) ? noSpace() : undefined;
  }

  /** The execution that has ended and given its lock back; undefined when the control plane died before. */
  async #endOrDeath(executionId: string, resumed: Promise<void>): Promise<Execution | undefined> {
    const { store, killed } = this.#platform;
    let dead = false;
    void killed.then(() => {
      dead = true;
    });
    let isReady = false;
    void resumed.then(() => {
      isReady = true;
    });
    let execution: Execution | undefined;
    let looking = false;
    const look = async () => {
      looking = true;
      const found = await store.findExecution(executionId);
      const lock = await store.findLock(found?.deploymentId ?? '');
      if (found && found.status !== 'RUNNING' && lock === undefined) execution = found;
      looking = false;
    };
    await letTimePass(
      () => {
        if (!looking) void look();
        return dead || (isReady && execution !== undefined);
      },
      () => this.#operator.answer(this.#platform, executionId),
    );
    return dead ? undefined : execution;
  }
}

/** Calls of ports that need space on the disk. */
const WRITES =
  /^(store\.(create|update|put|append|record|ensure|forget|release|change)|stacks\.(deploy|remove)|secrets\.put|builder\.build|instances\.install|snapshots\.create)/;

const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

/** Colours that get requests and have nobody who answers them. */
function silentColors(world: World): readonly string[] {
  const [balancer] = world.balancers.values();
  if (!balancer) return ['the load balancer'];
  return COLORS.filter(
    (color) =>
      balancer.weights[color] > 0 && ![...balancer.targets[color]].some((id) => isHealthy(world, id)),
  );
}

async function start(
  order: Order,
  platform: MortalPlatform,
  random: Random,
  { stage, fixes }: { readonly stage: EnvironmentStage; readonly fixes: FixPolicy | undefined },
): Promise<Started> {
  const keepWarmSeconds = random.pick([0, 600]);
  const rolls = random.chance(0.5);
  const swap = {
    steps: random.pick([[100], [10, 50, 100]]),
    bakeSeconds: random.pick([0, 5]),
    keepWarmSeconds,
  };
  switch (order) {
    case 'deploy':
      return await startDeploy(platform, { ...DEPLOY, stage, fixes }, ACTOR);
    case 'preview':
      return await startDeploy(platform, { ...DEPLOY, stage, whatIf: true }, ACTOR);
    case 'update':
      return await startUpdate(
        platform,
        NAME,
        { environment: {}, plan: {}, rolling: rolls && (await canRoll(platform)), fixes, ...swap },
        ACTOR,
      );
    case 'rollback':
      return await startRollback(platform, NAME, { despiteMigrations: true, keepWarmSeconds }, ACTOR);
    case 'upgrade':
      return await startUpgrade(platform, NAME, swap, ACTOR);
    case 'retire':
      return await startRetire(platform);
    case 'destroy':
      return await startDestroy(platform, NAME, { confirm: NAME, snapshot: true }, ACTOR);
  }
}

/** Where one instance answers everything, nobody would while it is replaced. */
const canRoll = async ({ store }: MortalPlatform): Promise<boolean> =>
  (await store.findDeployment(NAME))?.stage === 'production';

const DEPLOY: Omit<Parameters<typeof startDeploy>[1], 'stage'> = {
  source: '/srv/shop',
  name: NAME,
  target: 'local',
  whatIf: false,
  workingTree: false,
  plan: {},
  environment: { GREETING: 'hello' },
  startTimeoutSeconds: 60,
  answerSeconds: 300,
};

/** As the sweeper does when the warm colour's time is up. */
async function startRetire(platform: MortalPlatform): Promise<Started> {
  const deployment = await platform.store.findDeployment(NAME);
  if (!deployment?.warm) throw new Error('nothing is warm');
  const { id: deploymentId, name: deploymentName, warm } = deployment;
  const execution: Execution = {
    id: `retire-${shortId()}${shortId()}`,
    deploymentId,
    deploymentName,
    workflow: 'retire',
    status: 'RUNNING',
    settings: { color: warm.color, reason: 'its time is up' },
    startedAt: platform.clock.now(),
    endedAt: null,
    actor: ACTOR,
    cancelRequested: false,
  };
  await holdLock(platform, execution, () => recordExecution(platform, execution, 'retire'));
  await startRecorded(platform, execution);
  return { executionId: execution.id, deploymentId, deploymentName };
}
