import { fixAction } from './fix-action.ts';
import type { Remedy } from './proposal.ts';

/** The stack engine clears away what a failed creation left before it creates a stack again. */
export const recreateStack: Remedy = (ailment) => {
  if (ailment.deployment.target !== 'aws') return [];
  const does = 'delete the stack that never came up, with all that is left of it, and create it again';
  return [fixAction(ailment, 'delete_and_recreate_stack', { does })];
};

/** The stack engine continues a rollback once for every request, and then makes the change again. */
export const continueRollback: Remedy = (ailment) => {
  if (ailment.deployment.target !== 'aws') return [];
  const does = 'continue the rollback of the stack, without skipping anything, and make the change again';
  return [fixAction(ailment, 'continue_update_rollback', { does })];
};
