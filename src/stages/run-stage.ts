import type * as z from 'zod';
import { digestOf } from '../domain/digest.ts';
import { asHiveMindError, FAILURE_KINDS, type FailureKind, HiveMindError } from '../domain/errors.ts';
import type { EventType } from '../domain/events.ts';
import { type Execution, isPreview, isRelease } from '../domain/execution.ts';
import { failureDetail } from '../domain/failure.ts';
import type { JsonObject } from '../domain/json.ts';
import { type AgentName, STAGES, type StageName, type StageRun, statusDuring } from '../domain/stage.ts';
import { isHeldByFreeze } from './freeze-hold.ts';
import type { AgentCall, StagePorts } from './stage-context.ts';
import { setStatus } from './status.ts';

/** Reason of an abort that leaves the execution to be resumed by the next server. */
export const SERVER_STOPPING = Symbol('the server is stopping');

export type StageOutcome<T> =
  | { readonly finished: true; readonly output: T; readonly summary: string }
  | { readonly finished: false };

/** What a stage that goes on for a while has written down of its way, for whoever goes on after a crash or in the next call. */
export interface StageProgress {
  /** As it was saved last under the same inputs in this execution; null at the beginning. */
  readonly known: JsonObject | null;
  readonly save: (progress: JsonObject) => Promise<void>;
}

/** A stage as a function of declared inputs: equal inputs, equal output, so that a recorded output can stand for the work. */
export interface StageWork<T> {
  readonly stage: StageName;
  /** Everything the output depends on. Change it, and the stage runs again. */
  readonly inputs: () => Promise<JsonObject>;
  readonly output: z.ZodType<T>;
  /** Cheap look at the world: is what the recorded output describes still there? */
  readonly stillTrue: (output: T) => Promise<boolean>;
  readonly run: (digest: string, progress: StageProgress) => Promise<StageOutcome<T>>;
}

export type StageResult<T> =
  | { readonly finished: true; readonly reused: boolean; readonly output: T }
  | { readonly finished: false };

/**
 * Runs a stage, or returns its recorded result. The mechanism behind retry, resume and update: change a plan or a commit,
 * run the workflow again, and only what depends on the change is done.
 */
export async function runStage<T extends JsonObject>(
  ports: StagePorts,
  execution: Execution,
  call: AgentCall,
  work: StageWork<T>,
): Promise<StageResult<T>> {
  const stage = new StageJournal(ports, execution, work.stage);
  try {
    const digest = digestOf({ stage: work.stage, inputs: await work.inputs() });
    const recorded = await recordedOutput(ports, execution, work, digest);
    if (recorded) {
      await stage.succeeded(digest, recorded.output, recorded.summary, true);
      return { finished: true, reused: true, output: recorded.output };
    }
    if (
      STAGES[work.stage].changes &&
      !(await stage.hasBegun(digest)) &&
      (await isHeldByFreeze(ports, call))
    ) {
      return { finished: false };
    }
    const progress = await stage.started(digest);
    const outcome = await work.run(digest, progress);
    if (!outcome.finished) return outcome;
    const result = { output: outcome.output, summary: outcome.summary };
    if (!isPreview(execution)) {
      await ports.store.recordResult(execution.deploymentId, work.stage, digest, result);
    }
    await stage.succeeded(digest, outcome.output, outcome.summary, false);
    return { finished: true, reused: false, output: outcome.output };
  } catch (error) {
    if (call.signal.reason === SERVER_STOPPING) throw error;
    const failure = stageFailure(error, call.signal);
    await stage.failed(failure);
    throw failure;
  }
}

async function recordedOutput<T extends JsonObject>(
  ports: StagePorts,
  execution: Execution,
  work: StageWork<T>,
  digest: string,
): Promise<{ output: T; summary: string } | undefined> {
  const recorded = await ports.store.findResult(execution.deploymentId, work.stage, digest);
  const output = recorded && work.output.safeParse(recorded.output);
  if (!output?.success || !(await work.stillTrue(output.data))) return undefined;
  return { output: output.data, summary: recorded?.summary ?? '' };
}

/** An aborted task fails with the reason of the abort, whatever its work made of it. */
function stageFailure(error: unknown, signal: AbortSignal): HiveMindError {
  if (!signal.aborted) return asHiveMindError(error);
  if (signal.reason instanceof HiveMindError) return signal.reason;
  return new HiveMindError('StageTimedOut', 'the stage took longer than the workflow allows', {
    hint: 'run the same command again: finished stages are not repeated',
    cause: error,
  });
}

/** Writes down what happens to a stage: run record, status of the deployment, events. */
class StageJournal {
  readonly #ports: StagePorts;
  readonly #execution: Execution;
  readonly #stage: StageName;

  constructor(ports: StagePorts, execution: Execution, stage: StageName) {
    this.#ports = ports;
    this.#execution = execution;
    this.#stage = stage;
  }

  /** What has begun goes on through a freeze: half a change is worse than a whole one. */
  async hasBegun(digest: string): Promise<boolean> {
    return isUnderWay(await this.#known(), digest);
  }

  async started(digest: string): Promise<StageProgress> {
    const known = await this.#known();
    const save = async (output: JsonObject) => this.#put({ digest, output });
    if (known?.status === 'RUNNING' && known.digest === digest) return { known: known.output, save };
    const output = isUnderWay(known, digest) ? (known?.output ?? null) : null;
    await this.#put({ status: 'RUNNING', digest, endedAt: null, output });
    await this.#showStatus();
    await this.#event('stage.started', STAGES[this.#stage].title, {});
    return { known: output, save };
  }

  async succeeded(digest: string, output: JsonObject, summary: string, reused: boolean): Promise<void> {
    const { clock } = this.#ports;
    const run = await this.#changed({
      status: 'SUCCEEDED',
      digest,
      output,
      summary,
      reused,
      endedAt: clock.now(),
    });
    // First the history: nobody tells it any more once the run is no longer RUNNING.
    await this.#event('stage.finished', summary, { reused, seconds: secondsOf(run) });
    await this.#ports.store.putStageRun(run);
  }

  async failed(failure: HiveMindError): Promise<void> {
    const stopped = failure.code === 'Cancelled';
    const known = await this.#known();
    // The workflow calls again, and the stage goes on from where it was.
    const kept = failure.kind.transient && known?.status === 'RUNNING' ? known : undefined;
    const run = await this.#changed({
      digest: kept?.digest ?? null,
      output: kept?.output ?? null,
      status: stopped ? 'SKIPPED' : 'FAILED',
      summary: stopped ? 'stopped' : failure.message,
      failure: failureDetail(failure),
      endedAt: this.#ports.clock.now(),
    });
    await this.#event(stopped ? 'stage.skipped' : 'stage.failed', failure.message, {
      code: failure.code,
      seconds: secondsOf(run),
    });
    await this.#ports.store.putStageRun(run);
  }

  /** The deployment shows what is being done to it; a preview does nothing to it. */
  async #showStatus(): Promise<void> {
    const execution = this.#execution;
    if (isPreview(execution)) return;
    const { agent, title } = STAGES[this.#stage];
    const status = statusDuring(execution.workflow, this.#stage);
    if (status) await setStatus(this.#ports, execution, agent, status, title);
  }

  async #known(): Promise<StageRun | undefined> {
    const runs = await this.#ports.store.listStageRuns(this.#execution.id);
    return runs.find((run) => run.stage === this.#stage);
  }

  async #put(change: Partial<StageRun>): Promise<void> {
    await this.#ports.store.putStageRun(await this.#changed(change));
  }

  async #changed(change: Partial<StageRun>): Promise<StageRun> {
    const known = await this.#known();
    return {
      executionId: this.#execution.id,
      stage: this.#stage,
      status: 'RUNNING',
      reused: false,
      digest: null,
      startedAt: known?.startedAt ?? change.endedAt ?? this.#ports.clock.now(),
      endedAt: null,
      output: null,
      summary: null,
      failure: null,
      ...change,
    };
  }

  /** A removal takes the logs with it, and a preview leaves nothing; what they did is in the history. */
  #log(agent: AgentName, text: string): void {
    const { deploymentId } = this.#execution;
    if (!isRelease(this.#execution)) return;
    this.#ports.telemetry.log(deploymentId, {
      time: this.#ports.clock.now(),
      source: 'agent',
      name: agent,
      text,
    });
  }

  async #event(type: EventType, message: string, data: JsonObject): Promise<void> {
    const { agent } = STAGES[this.#stage];
    this.#log(agent, `${this.#stage}: ${type.replace('stage.', '')}: ${message}`);
    await this.#ports.store.appendEvent({
      deploymentId: this.#execution.deploymentId,
      executionId: this.#execution.id,
      actor: agent,
      type,
      message,
      data: { stage: this.#stage, ...data },
    });
  }
}

/** Whether a stage has begun with these inputs, and was at most interrupted by what a retry mends. */
function isUnderWay(run: StageRun | undefined, digest: string): boolean {
  if (run?.digest !== digest) return false;
  return run.status === 'RUNNING' || (run.status === 'FAILED' && isTransient(run.failure));
}

const isTransient = (failure: StageRun['failure']): boolean => {
  const kind: FailureKind | undefined = failure ? FAILURE_KINDS[failure.code] : undefined;
  return kind?.transient === true;
};

const secondsOf = (run: StageRun): number =>
  run.endedAt === null ? 0 : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
