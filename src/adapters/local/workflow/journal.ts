import type { EventType } from '../../../domain/events.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { InterpreterRun } from './interpreter.ts';

type EventLog = InterpreterRun['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** What the history tells of the way of a workflow. */
export interface Step {
  readonly type: EventType;
  /** Name of the state. */
  readonly message: string;
  readonly data: JsonObject;
}

const STATE_EVENTS: Partial<Record<EventLog['type'], EventType>> = {
  StateEntered: 'state.entered',
  StateExited: 'state.exited',
  StateRetried: 'state.retried',
  StateCaught: 'state.caught',
};

/** The steps of a run from state to state, as they happen. */
export async function* stepsOf({ eventLogs }: InterpreterRun): AsyncGenerator<Step> {
  for await (const event of eventLogs) {
    const type = STATE_EVENTS[event.type];
    if (!type || !('state' in event)) continue;
    yield { type, message: event.state.name, data: stateData(event) };
  }
}

function stateData(event: EventLog & { state: { type: string } }): JsonObject {
  if (event.type === 'StateCaught') return { type: event.state.type, next: event.catch.catcher.Next };
  if (event.type === 'StateRetried') return { type: event.state.type, attempt: event.retry.attempt };
  return { type: event.state.type };
}
