import type { HistoryEvent } from '../../src/domain/events.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';
import type { ExecutionEvents } from './control-plane-platform.ts';

interface PolledPorts {
  readonly store: Pick<DeploymentStore, 'listEvents' | 'findExecution'>;
  readonly clock: Clock;
}

/** A look costs a read of the table: often while something happens, seldom while a stack is being made. */
const SHORTEST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 3_000;
const GROWTH = 1.5;

/** Events of a control plane that tells nobody when it writes one: it is asked again and again. */
export const polledEvents = (ports: PolledPorts): ExecutionEvents => ({
  of: (executionId, after, signal) => poll(ports, executionId, after, signal),
});

async function* poll(
  { store, clock }: PolledPorts,
  executionId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<HistoryEvent> {
  let last = after;
  let pause = SHORTEST_PAUSE_MILLISECONDS;
  while (!signal.aborted) {
    // Asked first: when it has ended, what is read after that is all there is, but for the last event itself.
    const hasEnded = (await store.findExecution(executionId))?.status !== 'RUNNING';
    const events = await store.listEvents({ executionId, after: last });
    for (const event of events) {
      last = event.sequence;
      yield event;
      if (event.type === 'execution.finished') return;
    }
    if (hasEnded && events.length === 0) return;
    pause =
      events.length > 0 ? SHORTEST_PAUSE_MILLISECONDS : Math.min(pause * GROWTH, LONGEST_PAUSE_MILLISECONDS);
    await clock.sleep(pause, signal);
  }
}
