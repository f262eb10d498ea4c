import type { EventView, ExecutionView, Started } from '../../src/contracts/api.ts';
import { asHiveMindError } from '../../src/domain/errors.ts';
import type { CommandContext } from './command-context.ts';
import { LeftInBackground } from './left-in-background.ts';
import { LookAhead } from './look-ahead.ts';
import { closesQuestion, seeToQuestion } from './open-question.ts';
import { BuildOutput } from './progress/build-output.ts';
import { createProgress, type Progress, type ProgressOptions } from './progress/progress.ts';
import { stageOf } from './progress/stage-board.ts';
import { isUnreachable } from './server/answers.ts';
import type { Connection } from './server/connection.ts';
import { executionEvents } from './server/execution-events.ts';

/** One press of Ctrl-C can arrive twice: from the terminal, and passed on by a parent such as npx. */
const SAME_PRESS_MILLISECONDS = 300;

export interface WaitOptions extends ProgressOptions {
  /** ISO time: what happened before it is not shown. */
  readonly since?: string;
}

export interface EndedWork {
  readonly started: Started;
  readonly execution: ExecutionView;
}

/**
 * Shows the progress of work until it ends, from the moment that it is asked for. The first Ctrl-C asks the server to cancel it and
 * goes on waiting for the clean-up; the second one leaves it running. A question about a proposed fix is asked where it opens.
 * @throws {LeftInBackground}
 * @throws {HiveMindError} the failure that a question is about which nobody answers here
 */
export async function waitForExecution(
  context: CommandContext,
  connection: Connection,
  start: () => Promise<Started>,
  options: WaitOptions,
): Promise<EndedWork> {
  const progress = await createProgress(context, options);
  const stop = new AbortController();
  const left = Promise.withResolvers<never>();
  const starting = Promise.withResolvers<Started>();
  const stopListening = onPresses(context, {
    first: () => void cancel(connection, starting.promise, progress),
    second: () => left.reject(new LeftInBackground()),
  });
  try {
    starting.resolve(start());
    const following = { context, connection, progress, since: options.since ?? '', signal: stop.signal };
    return await Promise.race([follow(following, starting.promise), left.promise]);
  } finally {
    stop.abort();
    stopListening();
    progress.end();
  }
}

function onPresses(context: CommandContext, on: { first: () => void; second: () => void }): () => void {
  let firstAt: number | undefined;
  return context.session.onInterrupt(() => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      on.first();
    } else if (Date.now() - firstAt > SAME_PRESS_MILLISECONDS) {
      on.second();
    }
  });
}

interface Following {
  readonly context: CommandContext;
  readonly connection: Connection;
  readonly progress: Progress;
  readonly since: string;
  readonly signal: AbortSignal;
}

async function follow(following: Following, starting: Promise<Started>): Promise<EndedWork> {
  const { context, connection, progress, since, signal } = following;
  const started = await starting;
  const build = new BuildOutput(connection, started.deploymentName, progress, signal);
  const events = executionEvents(connection, started.executionId, {
    signal,
    onBreak: () => progress.note('the connection to the server broke, looking for the server that goes on'),
    onReconnect: () => {
      progress.note('connected again');
      build.resume();
    },
  });
  const stream = new LookAhead(events);
  const closed = (over: AbortSignal) => stream.until(closesQuestion, over);
  for (let next = await stream.next(); ; next = await stream.next()) {
    if (next.done) return { started, execution: next.value };
    if (next.value.time < since) continue;
    progress.show(next.value);
    if (next.value.type === 'fix.proposed') {
      await seeToQuestion({ context, connection, started, progress, closed });
    }
    if (progress.wantsBuildLines && startsBuild(next.value)) build.start(next.value.time);
  }
}

const startsBuild = (event: EventView): boolean =>
  event.type === 'stage.started' && stageOf(event) === 'build';

async function cancel(connection: Connection, starting: Promise<Started>, progress: Progress): Promise<void> {
  progress.note('cancelling; press Ctrl-C again to leave it running in the background');
  try {
    const { executionId } = await starting;
    const path = `/v1/executions/${encodeURIComponent(executionId)}/cancel`;
    await connection.order(path).catch(async (error: unknown) => {
      if (!isUnreachable(error)) throw error;
      await connection.reopen();
      await connection.order(path);
    });
  } catch (error) {
    progress.note(`it cannot be cancelled: ${asHiveMindError(error).message}`);
  }
}
