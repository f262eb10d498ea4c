import type * as z from 'zod';
import { digestOf } from '../domain/digest.ts';
import { asHiveMindError, HiveMindError } from '../domain/errors.ts';
import { type Execution, isPreview } from '../domain/execution.ts';
import type { JsonObject } from '../domain/json.ts';
import { STAGES, type StageName } from '../domain/stage.ts';
import { isHeldByFreeze } from './freeze-hold.ts';
import type { AgentCall, StagePorts } from './stage-context.ts';
import { StageJournal, type StageProgress } from './stage-journal.ts';

/** Reason of an abort that leaves the execution to be resumed by the next server. */
export const SERVER_STOPPING = Symbol('the server is stopping');

export type StageOutcome<T> =
  | { readonly finished: true; readonly output: T; readonly summary: string }
  | { readonly finished: false };

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
