import type { HistoryEvent } from '../domain/events.ts';
import type { Fix } from '../domain/fix.ts';
import type { JsonObject } from '../domain/json.ts';
import type { StagePorts } from './stage-context.ts';

type FixEvent = Pick<HistoryEvent, 'type' | 'actor' | 'message'> & { readonly data: JsonObject };

/** Tells the history what happened to a fix, once: also when whoever did so died right after, and it is done again. */
export async function recordFixEvent(
  { store }: Pick<StagePorts, 'store'>,
  { id, deploymentId, executionId }: Fix,
  { data, ...event }: FixEvent,
): Promise<void> {
  const events = await store.listEvents({ executionId });
  if (events.some(({ type, data: known }) => type === event.type && known['fix'] === id)) return;
  await store.appendEvent({ ...event, deploymentId, executionId, data: { ...data, fix: id } });
}
