import type { ActionId } from '../../../src/domain/diagnosis/taxonomy/actions.ts';
import { fixAction } from './fix-action.ts';
import type { Ailment, Remedy } from './proposal.ts';

/** Seconds before the first, the second and the third fix of an execution: what is far away takes longer to recover. */
const PAUSES = { local: [1, 3, 9], aws: [15, 60, 180] } as const;

/** Stacks are CloudFormation's: on one machine none is ever busy. */
const STACK_PAUSES = [60, 120, 180] as const;

export function pauseOf({ deployment, fixesBefore }: Ailment): number {
  const pauses = PAUSES[deployment.target];
  return pauses[Math.min(fixesBefore, 2)] ?? pauses[2];
}

const again =
  (action: ActionId, what: string): Remedy =>
  (ailment) => {
    const pauseSeconds = pauseOf(ailment);
    return [fixAction(ailment, action, { does: `wait ${pauseSeconds} s and ${what}`, pauseSeconds })];
  };

export const retryWithBackoff = again('retry_with_backoff', 'run the same step again');

export const waitForStack: Remedy = (ailment) => {
  if (ailment.deployment.target !== 'aws') return [];
  const pauseSeconds = STACK_PAUSES[Math.min(ailment.fixesBefore, 2)] ?? 180;
  const does = `wait ${pauseSeconds} s for the operation that is under way on the stack and run the same step again`;
  return [fixAction(ailment, 'wait_for_stack', { does, pauseSeconds })];
};
