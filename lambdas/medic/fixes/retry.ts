import type { Target } from '../../../src/domain/deployment.ts';
import type { ActionId } from '../../../src/domain/diagnosis/taxonomy/actions.ts';
import { fixAction } from './fix-action.ts';
import type { Ailment, Remedy } from './proposal.ts';

type Pauses = readonly [first: number, second: number, third: number];

/** Seconds before the first, the second and the third fix of an execution: what is far away takes longer to recover. */
const PAUSES: Readonly<Record<Target, Pauses>> = { local: [1, 3, 9], aws: [15, 60, 180] };

/** Stacks are CloudFormation's: on one machine none is ever busy. */
const STACK_PAUSES: Pauses = [60, 120, 180];

const pauseAmong = (pauses: Pauses, { fixesBefore }: Ailment): number =>
  pauses[Math.min(fixesBefore, 2)] ?? pauses[2];

export const pauseOf = (ailment: Ailment): number => pauseAmong(PAUSES[ailment.deployment.target], ailment);

const again =
  (action: ActionId, what: string): Remedy =>
  (ailment) => {
    const pauseSeconds = pauseOf(ailment);
    return [fixAction(ailment, action, { does: `wait ${pauseSeconds} s and ${what}`, pauseSeconds })];
  };

export const retryWithBackoff = again('retry_with_backoff', 'run the same step again');

export const waitForStack: Remedy = (ailment) => {
  if (ailment.deployment.target !== 'aws') return [];
  const pauseSeconds = pauseAmong(STACK_PAUSES, ailment);
  const does = `wait ${pauseSeconds} s for the operation that is under way on the stack and run the same step again`;
  return [fixAction(ailment, 'wait_for_stack', { does, pauseSeconds })];
};
