import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventView,
  type ExecutionView,
  eventShape,
  executionDocument,
} from '../../../src/contracts/api.ts';
import { isUnreachable } from './answers.ts';
import type { Connection } from './connection.ts';

/** A server that ends between accepting and answering, again and again, is not coming back. */
const MAX_BREAKS_WITHOUT_EVENT = 5;
const PAUSE_MILLISECONDS = 100;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** The connection broke; a new one is being looked for. */
  readonly onBreak: () => void;
  readonly onReconnect: () => void;
}

/**
 * Every event of an execution, once and in order, until it ends; returns the ended execution. Survives servers that go away: the
 * next one goes on after the last event that was seen.
 * @throws {HiveMindError} ServerUnreachable, ExecutionNotFound
 */
export async function* executionEvents(
  connection: Connection,
  executionId: string,
  { signal, onBreak, onReconnect }: FollowOptions,
): AsyncGenerator<EventView, ExecutionView> {
  const path = `/v1/executions/${encodeURIComponent(executionId)}`;
  let after = 0;
  let breaks = 0;
  let finished = false;
  for (;;) {
    try {
      const events: AsyncIterable<EventView> | readonly EventView[] = finished
        ? []
        : connection.stream(`${path}/events?after=${after}`, eventShape, signal);
      for await (const event of events) {
        if (event.sequence <= after) continue;
        after = event.sequence;
        breaks = 0;
        finished = event.type === 'execution.finished';
        yield event;
      }
      const { execution } = await connection.get(path, executionDocument);
      if (execution.status !== 'RUNNING') return execution;
    } catch (error) {
      breaks += 1;
      if (signal.aborted || !isUnreachable(error) || breaks > MAX_BREAKS_WITHOUT_EVENT) throw error;
      onBreak();
      await connection.reopen();
      onReconnect();
    }
    await sleep(PAUSE_MILLISECONDS, undefined, { signal });
  }
}
