import { FAILURE_KINDS, type FailureKind, type HiveMindError } from '../domain/errors.ts';
import type { EventType } from '../domain/events.ts';
import { type Execution, isPreview, isRelease } from '../domain/execution.ts';
import { failureDetail } from '../domain/failure.ts';
import type { JsonObject } from '../domain/json.ts';
import { type AgentName, STAGES, type StageName, type StageRun, statusDuring } from '../domain/stage.ts';
import { secondsBetween } from '../domain/time.ts';
import type { StagePorts } from './stage-context.ts';
import { setStatus } from './status.ts';
import { validateFix } from './validate-fix.ts';

/** What a stage that goes on for a while has written down of its way, for whoever goes on after a crash or in the next call. */
export interface StageProgress {
  /** As it was saved last under the same inputs in this execution; null at the beginning. */
  readonly known: JsonObject | null;
  readonly save: (progress: JsonObject) => Promise<void>;
}

/** Writes down what happens to a stage: run record, status of the deployment, events. */
export class StageJournal {
  readonly #ports: StagePorts;
  readonly #execution: Execution;
  readonly #stage: StageName;
  /** Of this call. */
  readonly #calledAt: string;
  /** The run as it was read or written last, which nobody else writes meanwhile; undefined when that is not known. */
  #seen: { readonly run: StageRun | undefined } | undefined;

  constructor(ports: StagePorts, execution: Execution, stage: StageName) {
    this.#ports = ports;
    this.#execution = execution;
    this.#stage = stage;
    this.#calledAt = ports.clock.now();
  }

  /** What has begun goes on through a freeze: half a change is worse than a whole one. */
  async hasBegun(digest: string): Promise<boolean> {
    return isUnderWay(await this.#known(), digest);
  }

  async started(digest: string): Promise<StageProgress> {
    const known = await this.#known();
    const save = async (output: JsonObject) => this.#put(await this.#changed({ digest, output }));
    if (known?.status === 'RUNNING' && known.digest === digest) return { known: known.output, save };
    const output = isUnderWay(known, digest) ? (known?.output ?? null) : null;
    await this.#put(await this.#changed({ status: 'RUNNING', digest, endedAt: null, output }));
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
    await this.#put(run);
    await validateFix(this.#ports, this.#execution, this.#stage);
  }

  async failed(failure: HiveMindError): Promise<void> {
    const stopped = failure.code === 'Cancelled';
    const detail = failureDetail(failure);
    const known = await this.#known();
    // The workflow calls again, and the stage goes on from where it was.
    const kept = failure.kind.transient && known?.status === 'RUNNING' ? known : undefined;
    const run = await this.#changed({
      digest: kept?.digest ?? null,
      output: kept?.output ?? null,
      status: stopped ? 'SKIPPED' : 'FAILED',
      summary: stopped ? 'stopped' : detail.message,
      failure: detail,
      endedAt: this.#ports.clock.now(),
    });
    await this.#event(stopped ? 'stage.skipped' : 'stage.failed', detail.message, {
      code: failure.code,
      seconds: secondsOf(run),
    });
    await this.#put(run);
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
    if (this.#seen) return this.#seen.run;
    const runs = await this.#ports.store.listStageRuns(this.#execution.id);
    const run = runs.find(({ stage }) => stage === this.#stage);
    this.#seen = { run };
    return run;
  }

  async #put(run: StageRun): Promise<void> {
    // A write that fails may have been made.
    this.#seen = undefined;
    await this.#ports.store.putStageRun(run);
    this.#seen = { run };
  }

  async #changed(change: Partial<StageRun>): Promise<StageRun> {
    const known = await this.#known();
    const digest = change.digest ?? known?.digest ?? null;
    return {
      executionId: this.#execution.id,
      stage: this.#stage,
      status: 'RUNNING',
      reused: false,
      digest: null,
      // What is under way keeps its start; what begins again, or is only looked at, tells its own time.
      startedAt: known && isUnderWay(known, digest) ? known.startedAt : this.#calledAt,
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
function isUnderWay(run: StageRun | undefined, digest: string | null): boolean {
  if (run?.digest !== digest) return false;
  return run.status === 'RUNNING' || (run.status === 'FAILED' && isTransient(run.failure));
}

const isTransient = (failure: StageRun['failure']): boolean => {
  const kind: FailureKind | undefined = failure ? FAILURE_KINDS[failure.code] : undefined;
  return kind?.transient === true;
};

const secondsOf = (run: StageRun): number =>
  run.endedAt === null ? 0 : secondsBetween(run.startedAt, run.endedAt);
