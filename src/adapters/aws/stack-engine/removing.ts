import type { Patience } from '../../../ports/stack-engine.ts';
import { type Look, lookUntilSettled, settled, underWay } from '../polling.ts';
import { deleteAgain, startDeletion } from './deletion.ts';
import { findStack } from './described-stack.ts';
import type { RemovalFacts } from './facts.ts';
import { refuseForeign, refuseOthersName } from './foreign.ts';
import { liftProtection } from './protection.ts';
import { deleteStanding } from './refused-deletion.ts';

/**
 * Removes the stack and all it made, tries once more when that fails, and succeeds when there is none.
 * @returns whether it is gone; false when the removal goes on after patience has run out: call again
 * @throws {HiveMindError} StackFailed, StackNotOurs
 */
export const removeStack = (facts: RemovalFacts, name: string, patience: Patience): Promise<boolean> =>
  lookUntilSettled(() => lookAtRemoval(facts, name), patience, facts.clock);

async function lookAtRemoval(facts: RemovalFacts, name: string): Promise<Look<boolean>> {
  const { cloudFormation, clock } = facts;
  const stack = await findStack(cloudFormation, name);
  if (!stack) return settled(true);
  if (stack.phase === 'empty') await refuseOthersName(cloudFormation, stack);
  else refuseForeign(stack);
  const waits = stack.status === 'DELETE_IN_PROGRESS' || stack.status === 'UPDATE_IN_PROGRESS';
  if (waits || !(await liftProtection(facts, stack))) return underWay(false);
  const now = Date.parse(clock.now());
  if (stack.phase === 'undeletable') await deleteAgain(cloudFormation, stack, now);
  else if (stack.phase === 'empty') await startDeletion(cloudFormation, stack);
  else await deleteStanding(cloudFormation, stack, now);
  return underWay(false);
}
