import type { Freeze } from '../domain/freeze.ts';
import type { RecordPorts } from './ports.ts';
import { tellRunning } from './tell-running.ts';

/** Stops everything: nothing new starts, and what runs waits before its next change. A freeze that stands already stays as it is. */
export async function freeze(
  { store, clock }: RecordPorts,
  reason: string,
  actor: string,
): Promise<{ readonly freeze: Freeze; readonly running: number }> {
  const standing = await store.findFreeze();
  if (standing)
    return { freeze: standing, running: (await store.listExecutions({ status: 'RUNNING' })).length };
  const order: Freeze = { reason, actor, at: clock.now() };
  await store.putFreeze(order);
  const message = `everything is frozen by ${actor}: ${reason}; this waits before its next change`;
  return { freeze: order, running: await tellRunning(store, actor, message) };
}
