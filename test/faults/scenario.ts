import type { Deployment, EnvironmentStage } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import { type Execution, isPreview, isRolling } from '../../src/domain/execution.ts';
import type { Stack } from '../../src/domain/stack.ts';
import { BEHAVIOURS, type Behaviour, commitNumber, newWorld, type World } from '../fixtures/world/world.ts';
import { ControlPlane, type Disturbance, type Order } from './control-plane.ts';
import { type FaultSettings, Faults, NO_FAULTS } from './fault.ts';
import { fixProblems, fixStories, isLeftInPlace } from './fix-invariants.ts';
import { type Moment, recordProblems, remains, servingProblems, untouchedProblems } from './invariants.ts';
import { type Random, randomFrom } from './random.ts';
import { Endless } from './virtual-time.ts';

const RATES = [0.05, 0.1, 0.2] as const;
/** Calls of ports of a workflow that goes well; a kill beyond its end does nothing. */
const CALLS_OF_WORKFLOW = 450;
const CHANGES = 4;
/** Beyond the seeds of the stories: who answers questions decides by numbers of their own. */
const OPERATORS = 1_000_000;
/** What HiveMind can mend, or tries to, comes twice as often as what it cannot. */
const MENDED = ['lacks a value', 'opens no port', 'flaky build'] as const satisfies readonly Behaviour[];
const MOSTLY_MENDED = [...BEHAVIOURS, ...MENDED] as const;
const POLICIES = ['ask', 'ask', 'ask', 'safe', 'none'] as const;
const REPLACING: readonly Order[] = ['deploy', 'update', 'rollback', 'upgrade', 'destroy'];
const LIVE_ORDERS = [
  'update',
  'update',
  'update',
  'update',
  'rollback',
  'rollback',
  'upgrade',
  'deploy',
  'preview',
  'destroy',
] as const satisfies readonly Order[];

/** What one seed makes: orders to one deployment, and all that goes wrong meanwhile. */
export interface Story {
  /** The orders and how they ended, for people. */
  readonly told: readonly string[];
  readonly problems: readonly string[];
}

/** Deploys, changes four times and destroys, with faults; looks at the invariants after each. */
export async function play(seed: number): Promise<Story> {
  const random = randomFrom(seed);
  const stage = random.pick(['stage-1', 'production', 'production'] as const);
  const scene = new Scene(random, faultSettings(random), stage, randomFrom(seed + OPERATORS));
  await scene.order('deploy');
  for (let change = 0; change < CHANGES && scene.problems.length === 0; change += 1) {
    scene.commit();
    await scene.order(random.pick(await scene.orders()));
  }
  await scene.order('destroy');
  if (scene.problems.length === 0) await scene.end();
  return scene;
}

function faultSettings(random: Random): FaultSettings {
  return {
    rate: random.pick(RATES),
    permanentShare: random.pick([0, 0.3]),
    hostileRecovery: random.chance(0.15),
    duplicates: random.pick([0, 0.1]),
  };
}

/** A deployment to which things happen. */
class Scene implements Story {
  readonly told: string[] = [];
  readonly problems: string[] = [];
  readonly #world: World = newWorld();
  readonly #random: Random;
  readonly #settings: FaultSettings;
  readonly #control: ControlPlane;
  /** A recovery may have been cut short, or a removal: what stands beside the record is then no fault. */
  #isLenient = false;
  #hasBeenLive = false;
  /** What failed after a question is there still, for whoever looks into it. */
  #isLeft = false;
  readonly #operator: Random;

  constructor(random: Random, settings: FaultSettings, stage: EnvironmentStage, operator: Random) {
    this.#operator = operator;
    this.#random = random;
    this.#settings = settings;
    this.#control = new ControlPlane(this.#world, new Faults(NO_FAULTS, 0), stage);
    this.told.push(`${stage} ${JSON.stringify(settings)}`);
    this.commit();
  }

  /** The source changes; what it is now may not work. */
  commit(): void {
    const number = this.#world.behaviours.size + 1;
    this.#world.commit = commitNumber(number);
    const behaviour = this.#random.chance(0.6) ? 'fine' : this.#random.pick(MOSTLY_MENDED);
    this.#world.behaviours.set(this.#world.commit, behaviour);
  }

  /** What somebody may want now; more often, what happens more often. */
  async orders(): Promise<readonly [Order, ...Order[]]> {
    const { liveColor, warm } = (await this.#moment())?.deployment ?? {};
    if (liveColor === undefined) return ['deploy', 'deploy', 'rollback', 'preview'];
    const retire = warm ? (['retire', 'retire', 'retire'] as const) : [];
    return [...LIVE_ORDERS, ...retire];
  }

  async order(order: Order): Promise<void> {
    const disturbance = this.#disturbance();
    const faults = new Faults(this.#settings, this.#random.below(2 ** 32));
    const before = await this.#moment();
    try {
      const mustServe = !this.#isLenient && order !== 'destroy' && before?.deployment.liveColor !== undefined;
      const execution = await this.#control.carryOut(order, {
        random: this.#random,
        faults,
        disturbance,
        mustServe,
        mending: { policy: this.#operator.pick(POLICIES), random: this.#operator },
      });
      const behaviour = this.#world.behaviours.get(this.#world.commit);
      this.told.push(
        `${isRolling(execution) ? 'rolling ' : ''}${order} of ${this.#world.commit.slice(-2)} (${behaviour}) ${JSON.stringify(disturbance)}: ${execution.id} ${execution.status} ${execution.failure?.message ?? ''}`,
        ...(await fixStories(this.#control.store, execution)),
      );
      this.problems.push(...this.#control.outages.slice(0, 3).map((when) => `nobody answers: ${when}`));
      await this.#check(execution, before);
    } catch (error) {
      if (error instanceof HiveMindError || (error instanceof Error && error.message === 'nothing is warm')) {
        this.told.push(`${order}: refused: ${error.message}`);
      } else if (error instanceof Endless) {
        const events = await this.#control.store.listEvents({});
        const last = events.slice(-8).map(({ actor, type, message }) => `${actor} ${type} ${message}`);
        this.problems.push(`${order} ${JSON.stringify(disturbance)} goes on for ever:`, ...last);
      } else throw error;
    }
  }

  /** Without faults a destroy leaves nothing, whatever happened before. */
  async end(): Promise<void> {
    const last = await this.#moment();
    if (!last) return;
    if (last.deployment.status !== 'DESTROYED') {
      const quiet = { kills: [], cancelAt: undefined };
      const faults = new Faults(NO_FAULTS, 0);
      const execution = await this.#control.carryOut('destroy', {
        random: this.#random,
        faults,
        disturbance: quiet,
        mustServe: false,
      });
      this.told.push(`destroy without faults: ${execution.status} ${execution.failure?.message ?? ''}`);
      this.problems.push(...(await recordProblems(this.#control.store, execution)));
      if (execution.status !== 'SUCCEEDED') this.problems.push('a destroy without faults fails');
    }
    const moment = await this.#moment();
    if (moment) this.problems.push(...(await remains(moment)).map((what) => `left in the end: ${what}`));
  }

  async #check(execution: Execution, before: Moment | undefined): Promise<void> {
    const { store } = this.#control;
    this.problems.push(...(await recordProblems(store, execution)), ...(await fixProblems(store, execution)));
    const moment = await this.#moment();
    if (!moment) return;
    const { workflow, status } = execution;
    const wentWell = status === 'SUCCEEDED';
    if (wentWell && !isPreview(execution) && REPLACING.includes(workflow)) this.#isLeft = false;
    this.#isLeft ||= await isLeftInPlace(store, execution);
    if (!wentWell && (this.#settings.hostileRecovery || workflow === 'destroy' || workflow === 'retire')) {
      this.#isLenient = true;
    }
    if (moment.deployment.status === 'DESTROYED') {
      this.problems.push(...(await remains(moment)).map((what) => `left after ${workflow}: ${what}`));
      this.#hasBeenLive = false;
    }
    if (wentWell && !isPreview(execution)) {
      this.problems.push(...(await this.#successProblems(execution, moment)));
    }
    if (this.#isLenient) return;
    this.problems.push(...servingProblems(moment, { isLeft: this.#isLeft }));
    this.#hasBeenLive ||= moment.deployment.liveColor !== undefined;
    if (!this.#hasBeenLive && !this.#isLeft && workflow !== 'destroy') {
      this.problems.push(...(await remains(moment)).map((what) => `left of what was never live: ${what}`));
    }
    if (!wentWell && before) this.problems.push(...untouchedProblems(before, moment));
  }

  /** What a workflow that succeeded has brought about. */
  async #successProblems(execution: Execution, { deployment, store, stacks }: Moment): Promise<string[]> {
    const releases = await store.listReleases(deployment.id);
    const commitOf = (release: number | null | undefined) =>
      releases.find(({ number }) => number === release)?.commit;
    const live = commitOf(deployment.liveRelease);
    switch (execution.workflow) {
      case 'deploy':
      case 'update':
        return [
          ...(live === this.#world.commit ? [] : [`live is ${live}, not what was deployed`]),
          ...templateProblems(deployment, stacks),
        ];
      case 'rollback':
      case 'upgrade':
        return live === commitOf(execution.settings.toRelease)
          ? []
          : [`live is ${live}, not the release asked for`];
      case 'retire':
        return deployment.warm?.color === execution.settings.color
          ? ['what was retired is on record as warm']
          : [];
      case 'destroy':
        return deployment.status === 'DESTROYED' ? [] : [`it is ${deployment.status} after its end`];
    }
  }

  #disturbance(): Disturbance {
    const at = () => 1 + this.#random.below(CALLS_OF_WORKFLOW);
    return {
      kills: this.#random.chance(0.4) ? [at(), at()] : [],
      cancelAt: this.#random.chance(0.15) ? at() : undefined,
    };
  }

  async #moment(): Promise<Moment | undefined> {
    const { store } = this.#control;
    const deployment = await store.findDeployment('shop');
    if (!deployment) return undefined;
    return {
      world: snapshotOf(this.#world),
      store,
      deployment,
      stacks: await this.#control.stacks(deployment.id),
    };
  }
}

/** Instances and targets as they are now; the rest is looked at only at once. */
const snapshotOf = (world: World): World => ({ ...world, instances: new Map(world.instances) });

/** New instances would get the release that is live. A rolling update that failed at the very end may leave it to the next change. */
function templateProblems({ id, liveColor, liveRelease }: Deployment, stacks: readonly Stack[]): string[] {
  const template = stacks.find(({ name }) => name === `${id}-compute-${liveColor}`)?.parameters['release'];
  return template === String(liveRelease)
    ? []
    : [`new instances would get ${template}, live is ${liveRelease}`];
}
