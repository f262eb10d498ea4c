import {
  deployRequest,
  rollbackRequest,
  type Started,
  updateRequest,
  upgradeRequest,
} from '../../src/contracts/api.ts';
import { otherColor } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { Execution, WorkflowName } from '../../src/domain/execution.ts';
import { startDeploy } from '../../src/operations/start-deploy.ts';
import { startDestroy } from '../../src/operations/start-destroy.ts';
import { startRollback, startUpgrade } from '../../src/operations/start-restore.ts';
import { startRetire } from '../../src/operations/start-retire.ts';
import { startUpdate } from '../../src/operations/start-update.ts';
import { fixProblems, fixStories, isLeftInPlace } from '../faults/fix-invariants.ts';
import { recordProblems } from '../faults/invariants.ts';
import { type Random, randomFrom } from '../faults/random.ts';
import { endedEvent } from '../fixtures/conducted-account.ts';
import { commitNumber, type SeededAccount } from './faults-seeded-account.ts';
import {
  type AwsMoment,
  liveProblems,
  momentOf,
  orphanProblems,
  untouchedProblems,
} from './faults-seeded-invariants.ts';
import type { FaultPlan } from './faults-seeded-plan.ts';
import { SeededWeather } from './faults-seeded-weather.ts';

const ACTOR = 'someone@example';

/** The shortest life in which a workflow comes. */
const LIVES: Readonly<Record<WorkflowName, readonly WorkflowName[]>> = {
  deploy: ['deploy', 'destroy'],
  destroy: ['deploy', 'destroy'],
  update: ['deploy', 'update', 'destroy'],
  upgrade: ['deploy', 'upgrade', 'destroy'],
  rollback: ['deploy', 'update', 'rollback', 'destroy'],
  retire: ['deploy', 'update', 'retire', 'destroy'],
};

/** What one seed makes: the life of a deployment, and all that goes wrong meanwhile. */
export interface Told {
  /** The orders and how they ended, for people. */
  readonly told: readonly string[];
  readonly problems: readonly string[];
}

export async function live(account: SeededAccount, plan: FaultPlan): Promise<Told> {
  // What a seed that failed has left is not this one's.
  const life = new Life(account, plan, await account.whatIsLeft());
  try {
    for (const workflow of LIVES[plan.focus.workflow]) {
      if (life.problems.length === 0) await life.order(workflow);
    }
    if (life.problems.length === 0) await life.end();
  } finally {
    account.weather = undefined;
    account.operated.proxy.forget();
  }
  return life;
}

class Life implements Told {
  readonly told: string[] = [];
  readonly problems: string[] = [];
  readonly #account: SeededAccount;
  readonly #plan: FaultPlan;
  readonly #foreign: readonly string[];
  readonly #random: Random;
  readonly #name: string;
  readonly #isRolling: boolean;
  readonly #weather: SeededWeather;

  constructor(account: SeededAccount, plan: FaultPlan, foreign: readonly string[]) {
    this.#account = account;
    this.#foreign = foreign;
    this.#plan = plan;
    this.#random = randomFrom(plan.seed);
    this.#name = `seed-${plan.seed}`;
    this.#isRolling = plan.focus.task === 'deployer roll';
    this.#weather = new SeededWeather(plan);
    account.weather = this.#weather;
    account.commit = 1;
    this.told.push(JSON.stringify(plan));
  }

  /** Gives the order while things go wrong. When it fails, the same once more without faults comes to its end. */
  async order(workflow: WorkflowName): Promise<void> {
    if (workflow === 'update') this.#account.commit += 1;
    const before = await this.#moment();
    this.#weather.begin(workflow);
    const execution = await this.#carryOut(workflow);
    this.#weather.begin(undefined);
    await this.#check(execution, before);
    if (execution.status === 'SUCCEEDED' || this.problems.length > 0) return;
    const again = await this.#carryOut(workflow, { isAgain: true });
    if (again.status !== 'SUCCEEDED') this.problems.push(`the same ${workflow} without faults fails too`);
    this.#weather.isRecoveryHurt = false;
    await this.#check(again, undefined);
  }

  /** A destroy leaves nothing, and there is nothing to destroy any more. */
  async end(): Promise<void> {
    const left = (await this.#account.whatIsLeft()).filter((what) => !this.#foreign.includes(what));
    this.problems.push(...left.map((what) => `left in the end: ${what}`));
    const again = await this.#start('destroy').catch((error: unknown) => error);
    if (again instanceof HiveMindError && again.code === 'DeploymentNotFound') return;
    this.problems.push('what was destroyed can be destroyed again');
  }

  async #carryOut(workflow: WorkflowName, { isAgain = false } = {}): Promise<Execution> {
    const { operated, platform } = this.#account;
    const { executionId } = await this.#start(workflow);
    await operated.interpret(workflow, executionId);
    const ended = await platform.store.findExecution(executionId);
    // EventBridge tells the conductor at least once.
    const event = endedEvent(executionId, ended?.status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED');
    for (const _ of ['once', 'twice'])
      await operated.functions.conductor({ ...event, time: platform.clock.now() });
    const execution = await platform.store.findExecution(executionId);
    if (!execution) throw new Error(`there is no execution ${executionId}`);
    const { status, failure } = execution;
    this.told.push(
      `${workflow}${isAgain ? ' again' : ''}: ${executionId} ${status} ${failure ? `${failure.code} in ${failure.stage}: ${failure.message}` : ''}`,
      ...(await fixStories(platform.store, execution)),
    );
    return execution;
  }

  async #start(workflow: WorkflowName): Promise<Started> {
    const { platform } = this.#account;
    const name = this.#name;
    const swap = {
      steps: this.#random.pick([[100], [50, 100]]),
      bakeSeconds: 0,
      keepWarmSeconds: this.#plan.focus.workflow === 'retire' ? 600 : this.#random.pick([0, 600]),
    };
    switch (workflow) {
      case 'deploy': {
        const stage = this.#isRolling ? 'production' : 'stage-1';
        const request = deployRequest.parse({ source: `/srv/${name}`, name, stage, target: 'aws' });
        return await startDeploy(platform, request, ACTOR);
      }
      case 'update':
        return await startUpdate(
          platform,
          name,
          updateRequest.parse({ ...swap, rolling: this.#isRolling }),
          ACTOR,
        );
      case 'upgrade':
        return await startUpgrade(platform, name, upgradeRequest.parse(swap), ACTOR);
      case 'rollback':
        return await startRollback(platform, name, rollbackRequest.parse({ keepWarmSeconds: 0 }), ACTOR);
      case 'destroy':
        return await startDestroy(platform, name, { confirm: name, snapshot: true }, ACTOR);
      case 'retire':
        return await this.#startRetire();
    }
  }

  /** As the conductor does when the time of the warm colour is up, or when a removal of it was cut short after it had ceased to be warm. */
  async #startRetire(): Promise<Started> {
    const { platform } = this.#account;
    const deployment = await platform.store.findDeployment(this.#name);
    if (!deployment?.liveColor) throw new HiveMindError('NotLive', 'nothing is live', { hint: 'none' });
    const { id, warm, liveColor } = deployment;
    if (warm) {
      await platform.store.updateDeployment(id, { warm: { ...warm, until: platform.clock.now() } });
    }
    const color = otherColor(liveColor);
    return await startRetire(platform, deployment, { color, reason: 'its time is up' }, ACTOR);
  }

  async #check(execution: Execution, before: AwsMoment | undefined): Promise<void> {
    const { store } = this.#account.platform;
    const { deploymentId, workflow, status } = execution;
    this.problems.push(
      ...(await recordProblems(store, execution, { deploymentId })),
      ...(await fixProblems(store, execution)),
    );
    const moment = await this.#moment();
    if (!moment) return;
    const { deployment } = moment;
    const isOver = deployment.status === 'DESTROYED';
    if (isOver !== (workflow === 'destroy' && status === 'SUCCEEDED')) {
      this.problems.push(`after a ${workflow} that ${status} the deployment is ${deployment.status}`);
    }
    if (isOver || workflow === 'destroy') return;
    this.problems.push(...liveProblems(moment));
    if (status === 'SUCCEEDED') this.problems.push(...(await this.#successProblems(execution, moment)));
    else if (before) this.problems.push(...untouchedProblems(before, moment));
    const isLeft = await isLeftInPlace(store, execution);
    // What a recovery or the removal of the old colour that was cut short leaves goes with the next change.
    if (isLeft || (status !== 'SUCCEEDED' && (this.#weather.isRecoveryHurt || workflow === 'retire'))) return;
    this.problems.push(...orphanProblems(moment));
  }

  /** What a workflow that succeeded has brought about. */
  async #successProblems(execution: Execution, { deployment }: AwsMoment): Promise<string[]> {
    const releases = await this.#account.platform.store.listReleases(deployment.id);
    const commitOf = (release: number | null | undefined) =>
      releases.find(({ number }) => number === release)?.commit;
    const live = commitOf(deployment.liveRelease);
    const wanted =
      execution.workflow === 'rollback' || execution.workflow === 'upgrade'
        ? commitOf(execution.settings.toRelease)
        : commitNumber(this.#account.commit);
    return live === wanted ? [] : [`live is ${live}, not ${wanted}`];
  }

  #moment(): Promise<AwsMoment | undefined> {
    return momentOf(this.#account, this.#name);
  }
}
