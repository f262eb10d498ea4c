import type { AgentCall, StagePorts } from './stage-context.ts';

const LOOK_MILLISECONDS = 500;

/**
 * Waits at a freeze until it ends, or for as long as the caller can wait. Returns whether it waited: the world may be another by then,
 * so that the caller answers "not finished" and begins anew at the next call.
 */
export async function isHeldByFreeze(
  { store, clock }: Pick<StagePorts, 'store' | 'clock'>,
  { patienceSeconds, signal }: AgentCall,
): Promise<boolean> {
  if (!(await store.findFreeze())) return false;
  const patienceEnds = performance.now() + patienceSeconds * 1000;
  while (performance.now() < patienceEnds) {
    await clock.sleep(LOOK_MILLISECONDS, signal);
    signal.throwIfAborted();
    if (!(await store.findFreeze())) return true;
  }
  return true;
}
