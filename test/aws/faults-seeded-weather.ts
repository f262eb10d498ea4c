import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowName } from '../../src/domain/execution.ts';
import { type Random, randomFrom } from '../faults/random.ts';
import { taskOf, taskParameters } from '../faults/tasks.ts';
import { comesAfterFailure, type FaultPlan } from './faults-seeded-plan.ts';
import { traced } from './function-traces.ts';
import type { OperatedFunction } from './operated-functions.ts';
import type { Invoke } from './operated-platform.ts';
import { type Answered, type Fate, type ProxiedCall, throttled } from './proxy.ts';

/** What becomes of one call of a function. */
interface Strike {
  /** Of its calls to AWS: with which it begins to go wrong, counted from 1. */
  readonly from: number;
  /** How the workflow hears of it, where the function cannot say it itself. */
  readonly error: string;
  /** Whether the duplicate runs beside the first one instead of after it. */
  readonly beside: boolean;
}

interface TaskCall {
  readonly task: string;
  readonly random: Random;
  readonly strike: Strike | undefined;
  readonly startedAt: number;
  calls: number;
}

/** Calls of a function to AWS: all make some, and most fewer than many. */
const SOME_CALLS = 6;
const MANY_CALLS = 25;
/** A function whose time is up stops after this, whatever it is waiting for. */
const SHORT_MILLISECONDS = 300;
/** Of every function's time: for writing down that it ran out. */
const RESERVE_MILLISECONDS = 5_000;
/** After a failure what no retry mends may come so often: a recovery that is always hit cannot succeed. */
const MOST_RECOVERY_STRIKES = 1;
/** What Step Functions calls again by itself, and what it does not. */
const RETRIED = 'Lambda.SdkClientException';
const ENDED = 'Lambda.Unknown';

/** How old what a stale read shows may be, in milliseconds: the waits are shortened here to a tenth. */
const STALE_MILLISECONDS = 1_000;
const READS = /^(Describe|List|Get|Query)/;
/** S3 and CloudWatch have no stale reads that matter; Systems Manager and CodeBuild are asked until they have an end. */
const STALE_SERVICES = [
  'cloudformation',
  'ec2',
  'autoscaling',
  'elasticloadbalancing',
  'tagging',
  'dynamodb',
];

/** The calls of functions that were struck for certain, for whoever wants to know whether every task was. */
export const STRUCK = new Set<string>();

/**
 * What goes wrong in the executions of one seed. It depends on the seed, the workflow, the task and how often that was called, not on the
 * order in which branches have their turns: a seed is the same story again.
 */
export class SeededWeather {
  /** Whether a recovery was disturbed so that what it was to remove may stay. */
  isRecoveryHurt = false;
  readonly #plan: FaultPlan;
  readonly #counts = new Map<string, number>();
  readonly #calls = new Map<string, TaskCall>();
  readonly #answers = new Map<string, Answered & { readonly at: number }>();
  #workflow: WorkflowName | undefined;
  #recoveryStrikes = 0;
  /** The failure that brings about the focus, where only a failure does. */
  #cause: 'none' | 'storm' | 'kill' = 'none';

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  /** From now on the tasks are of this workflow. Undefined: nothing goes wrong. */
  begin(workflow: WorkflowName | undefined): void {
    this.#workflow = workflow;
    this.#recoveryStrikes = 0;
    // What was disturbed is asked when nothing goes wrong any more.
    if (workflow !== undefined) this.isRecoveryHurt = false;
    this.#calls.clear();
    this.#answers.clear();
    const { focus } = this.#plan;
    const isCaused = focus.workflow === workflow && comesAfterFailure(focus.task);
    // Only a storm of throttling is mended without asking anybody.
    this.#cause = !isCaused ? 'none' : focus.task === 'medic apply' ? 'storm' : 'kill';
  }

  readonly invoke: Invoke = async ({ agent, event, call }) => {
    if (this.#workflow === undefined) return await call(event);
    const task = taskOf(agent, taskParameters.parse(event));
    if (comesAfterFailure(task)) this.#cause = 'none';
    const taskCall = this.#taskCall(task);
    if (!taskCall.strike) return await this.#traced(taskCall, call, event);
    STRUCK.add(`${this.#workflow}: ${task}: ${this.#plan.fault}`);
    return await this.#struck(taskCall, taskCall.strike, call, event);
  };

  /** For the proxy: what becomes of a call to AWS. */
  readonly decide = async (call: ProxiedCall): Promise<Fate | undefined> => {
    const taskCall = this.#calls.get(call.trace ?? '');
    if (!taskCall) return undefined;
    taskCall.calls += 1;
    const { task, calls, random, strike } = taskCall;
    if (this.#cause === 'storm' && !comesAfterFailure(task) && isInfrastructure(call)) return throttled(call);
    const isStruck = strike !== undefined && calls >= strike.from;
    const isHit = isStruck || random.chance(this.#plan.rate);
    switch (this.#plan.fault) {
      case 'throttled':
        return isHit ? throttled(call) : undefined;
      case 'server error':
        return isHit ? serverError(call) : undefined;
      case 'answer lost':
        return calls === strike?.from || (!isStruck && isHit) ? 'lose' : undefined;
      case 'partial answer':
        return calls === strike?.from || (!isStruck && isHit) ? 'cut' : undefined;
      case 'stale read':
        return isHit ? this.#stale(call) : undefined;
      case 'killed':
        return isStruck ? 'refuse' : undefined;
      case 'time is up':
        if (isStruck)
          await sleep(Math.max(0, SHORT_MILLISECONDS * 1.2 - (performance.now() - taskCall.startedAt)));
        return undefined;
      case 'duplicate':
        return undefined;
    }
  };

  /** For the proxy: what a later read may show once more. */
  readonly observe = (call: ProxiedCall, answer: Answered): void => {
    if (this.#plan.fault !== 'stale read' || !isStaleRead(call) || this.#workflow === undefined) return;
    const key = `${call.service} ${call.action} ${call.body}`;
    const kept = this.#answers.get(key);
    // The oldest one that is young enough.
    if (kept && performance.now() - kept.at < STALE_MILLISECONDS) return;
    this.#answers.set(key, { ...answer, at: performance.now() });
  };

  #stale(call: ProxiedCall): Fate | undefined {
    const kept = this.#answers.get(`${call.service} ${call.action} ${call.body}`);
    if (!kept || performance.now() - kept.at > STALE_MILLISECONDS) return undefined;
    return kept;
  }

  #taskCall(task: string): TaskCall {
    const name = `${this.#workflow} ${task}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const { seed, focus, fault, rate } = this.#plan;
    const random = randomFrom(
      createHash('sha256').update(`${seed} ${name} ${count}`).digest().readUInt32BE(),
    );
    const strike = {
      from: 1 + random.below(random.pick([SOME_CALLS, MANY_CALLS])),
      error: random.pick([RETRIED, ENDED]),
      beside: random.chance(0.5),
    };
    const isFocus = count === 1 && focus.workflow === this.#workflow && focus.task === task;
    const isHit = isFocus || (BY_TASK.includes(fault) && random.chance(rate));
    const isStruck = isHit && this.#mayStrike(task, isFocus);
    return { task, random, strike: isStruck ? strike : undefined, startedAt: performance.now(), calls: 0 };
  }

  /** What disturbs a recovery so that the workflow does not call it again. */
  #mayStrike(task: string, isFocus: boolean): boolean {
    if (!comesAfterFailure(task) || this.#plan.fault === 'duplicate') return true;
    if (!isFocus && this.#recoveryStrikes >= MOST_RECOVERY_STRIKES) return false;
    this.#recoveryStrikes += 1;
    this.isRecoveryHurt = true;
    return true;
  }

  async #struck(
    taskCall: TaskCall,
    strike: Strike,
    call: OperatedFunction,
    event: unknown,
  ): Promise<unknown> {
    switch (this.#plan.fault) {
      case 'killed': {
        // Also what it has begun ends, before anybody calls it again.
        await this.#traced(taskCall, call, event).catch(() => undefined);
        throw failedCall(strike.error);
      }
      case 'answer lost': {
        const answer = await this.#traced(taskCall, call, event);
        // It did all of its work before the call with which the answers begin to be lost.
        if (taskCall.calls < strike.from) throw failedCall(RETRIED);
        return answer;
      }
      case 'duplicate': {
        const first = this.#traced(taskCall, call, event);
        if (!strike.beside) await first.catch(() => undefined);
        const [, second] = await Promise.allSettled([first, this.#traced({ ...taskCall }, call, event)]);
        if (second.status === 'rejected') throw second.reason;
        return second.value;
      }
      case 'time is up':
        return await this.#traced(taskCall, call, event, RESERVE_MILLISECONDS + SHORT_MILLISECONDS);
      default:
        return await this.#traced(taskCall, call, event);
    }
  }

  /** Its calls to AWS say whose they are, as in Lambda. */
  async #traced(
    taskCall: TaskCall,
    call: OperatedFunction,
    event: unknown,
    milliseconds?: number,
  ): Promise<unknown> {
    const { task } = taskCall;
    if (this.#cause === 'kill' && !comesAfterFailure(task) && CAUSED_IN.test(task)) throw failedCall(ENDED);
    return await traced((trace) => {
      this.#calls.set(trace, taskCall);
      return call(event, milliseconds);
    });
  }
}

/** Those that strike a task as a whole. */
const BY_TASK: readonly string[] = ['time is up', 'duplicate', 'killed'];

/** The task that fails for certain where the focus is what comes after a failure. */
const CAUSED_IN = /^(deployer (release|start|roll)|janitor (retire|remove-load-balancer))/;

const isInfrastructure = ({ service }: ProxiedCall): boolean =>
  service === 'cloudformation' || service === 'elasticloadbalancing';

const isStaleRead = ({ service, action, body }: ProxiedCall): boolean =>
  STALE_SERVICES.includes(service) && READS.test(action) && !body.includes('"ConsistentRead":true');

const failedCall = (name: string): Error => Object.assign(new Error(`injected: ${name}`), { name });

const serverError = ({ service }: ProxiedCall): Fate =>
  ['dynamodb', 'logs', 'ssm', 'states', 'secretsmanager', 'tagging', 'codebuild', 'monitoring'].includes(
    service,
  )
    ? { status: 500, body: JSON.stringify({ __type: 'InternalServerError', message: 'injected' }) }
    : { status: 503, body: '', contentType: 'text/xml' };
