import type { Started } from '../../src/contracts/api.ts';
import { shortId } from '../../src/domain/deployment.ts';
import type { Execution } from '../../src/domain/execution.ts';
import { cancelExecution } from '../../src/operations/cancel-execution.ts';
import { startDeploy } from '../../src/operations/start-deploy.ts';
import { startDestroy } from '../../src/operations/start-destroy.ts';
import { holdLock, recordExecution, startRecorded } from '../../src/operations/start-execution.ts';
import { startRollback, startUpgrade } from '../../src/operations/start-restore.ts';
import { startUpdate } from '../../src/operations/start-update.ts';
import type { World } from '../fixtures/world/world.ts';
import type { Faults } from './fault.ts';
import { type MortalPlatform, mortalPlatform } from './mortal-platform.ts';
import type { Random } from './random.ts';
import { letTimePass } from './virtual-time.ts';

export const ORDERS = ['deploy', 'update', 'rollback', 'upgrade', 'retire', 'destroy'] as const;
export type Order = (typeof ORDERS)[number];

const NAME = 'shop';
const ACTOR = 'someone@example';

/** At which calls of ports, counted from the start of an order, the control plane dies or somebody cancels. */
export interface Disturbance {
  readonly kills: readonly number[];
  readonly cancelAt: number | undefined;
}

/** A control plane that is started again whenever it was killed. */
export class ControlPlane {
  readonly #world: World;
  #platform: MortalPlatform;
  #faults: Faults;
  #calls = 0;
  #disturbance: Disturbance = { kills: [], cancelAt: undefined };
  #running: string | undefined;

  constructor(world: World, faults: Faults) {
    this.#world = world;
    this.#faults = faults;
    this.#platform = this.#boot();
  }

  get store() {
    return this.#platform.store;
  }

  stacks(deploymentId: string) {
    return this.#platform.stacks.list(deploymentId);
  }

  /** Gives the order and waits for its end, through every kill. @returns the execution that has ended */
  async carryOut(order: Order, random: Random, faults: Faults, disturbance: Disturbance): Promise<Execution> {
    this.#faults = faults;
    this.#disturbance = { kills: [], cancelAt: undefined };
    this.#platform = this.#boot();
    const { executionId } = await start(order, this.#platform, random);
    this.#calls = 0;
    this.#running = executionId;
    this.#disturbance = disturbance;
    for (;;) {
      const ended = await this.#endOrDeath(executionId);
      if (ended) return ended;
      this.#platform = this.#boot();
      // It may die while it does.
      void this.#platform.runner.resume();
    }
  }

  #boot(): MortalPlatform {
    return mortalPlatform(this.#world, this.#faults, (kill) => this.#witness(kill));
  }

  #witness(kill: () => void): void {
    this.#calls += 1;
    const { kills, cancelAt } = this.#disturbance;
    if (kills.includes(this.#calls)) kill();
    if (this.#calls === cancelAt && this.#running !== undefined) {
      void cancelExecution(this.#platform, this.#running, ACTOR);
    }
  }

  /** The execution that has ended and given its lock back; undefined when the control plane died before. */
  async #endOrDeath(executionId: string): Promise<Execution | undefined> {
    const { store, killed } = this.#platform;
    let dead = false;
    void killed.then(() => {
      dead = true;
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
    await letTimePass(() => {
      if (!looking) void look();
      return dead || execution !== undefined;
    });
    return dead ? undefined : execution;
  }
}

function start(order: Order, platform: MortalPlatform, random: Random): Promise<Started> {
  const keepWarmSeconds = random.pick([0, 600]);
  const swap = {
    steps: random.pick([[100], [10, 50, 100]]),
    bakeSeconds: random.pick([0, 5]),
    keepWarmSeconds,
  };
  switch (order) {
    case 'deploy':
      return startDeploy(platform, DEPLOY, ACTOR);
    case 'update':
      return startUpdate(platform, NAME, { environment: {}, plan: {}, rolling: false, ...swap }, ACTOR);
    case 'rollback':
      return startRollback(platform, NAME, { despiteMigrations: true, keepWarmSeconds }, ACTOR);
    case 'upgrade':
      return startUpgrade(platform, NAME, swap, ACTOR);
    case 'retire':
      return startRetire(platform);
    case 'destroy':
      return startDestroy(platform, NAME, { confirm: NAME, snapshot: true }, ACTOR);
  }
}

const DEPLOY: Parameters<typeof startDeploy>[1] = {
  source: '/srv/shop',
  name: NAME,
  target: 'local',
  stage: 'stage-1',
  whatIf: false,
  workingTree: false,
  environment: { GREETING: 'hello' },
  startTimeoutSeconds: 60,
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
