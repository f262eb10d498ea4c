import type { ErrorCode } from '../../src/domain/errors.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';
import { answerWhenAllIsWell, breaksWith } from '../state-machines/workflow-tasks.ts';

/** What the operator says to the question that a task puts. */
interface Said {
  readonly approved: boolean;
}
type Attempt = TaskAnswer | ErrorCode | Said;

/** What a task does each time it is called; after the last one it succeeds. */
export type Attempts = Readonly<Record<string, readonly Attempt[]>>;

/** Answers the question that a task puts. */
export type Answer = (approved: boolean) => Promise<void>;
export type Play = (task: string, answer: Answer) => Promise<TaskAnswer>;

const isSaid = (attempt: TaskAnswer | Said): attempt is Said => !('finished' in attempt);

/** A script that counts its own attempts. */
export function player(attempts: Attempts): Play {
  const counts = new Map<string, number>();
  return async (task, answer) => {
    const count = counts.get(task) ?? 0;
    counts.set(task, count + 1);
    const attempt = attempts[task]?.[count] ?? answerWhenAllIsWell(task);
    if (typeof attempt === 'string') return breaksWith(attempt)();
    if (!isSaid(attempt)) return attempt;
    await answer(attempt.approved);
    return { finished: true };
  };
}
