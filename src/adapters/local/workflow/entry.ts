import type { Execution } from '../../../domain/execution.ts';
import { answerSecondsLeft, type Fix } from '../../../domain/fix.ts';

/** The error and the diagnosis are what the states from a fix on look at. */
export type WorkflowInput = {
  readonly executionId: string;
  readonly deploymentId: string;
  readonly error?: { readonly Error: string; readonly Cause: string };
  readonly diagnosis?: { readonly next: string; readonly answerSeconds: number };
};

/** Where a workflow begins, and with what. */
export interface Entry {
  /** Name of a state; absent: the first one. */
  readonly startAt?: string;
  readonly input: WorkflowInput;
}

/**
 * Where the workflow of an execution begins: as a rule at its first state, because finished stages return their recorded results.
 * One that a server left in the middle of a fix goes on there.
 * @param fix the newest one of the execution
 * @param now ISO 8601; of a question only the time counts that remains
 */
export function entryOf(execution: Execution, fix: Fix | undefined, now: string): Entry {
  const { id: executionId, deploymentId, failure } = execution;
  const startAt = fix && stateFor(execution, fix);
  if (startAt === undefined) return { input: { executionId, deploymentId } };
  return {
    startAt,
    input: {
      executionId,
      deploymentId,
      error: { Error: failure?.code ?? 'InternalError', Cause: failure?.message ?? 'why is not on record' },
      diagnosis: { next: NEXT[startAt], answerSeconds: answerSecondsLeft(fix?.expiresAt ?? now, now) },
    },
  };
}

type FixState = 'Ask operator' | 'Apply fix' | 'Give up';

/** What the diagnosis said that led there. */
const NEXT: Readonly<Record<FixState, string>> = {
  'Ask operator': 'ask',
  'Apply fix': 'apply',
  'Give up': 'give-up',
};

function stateFor({ cancelRequested, failure }: Execution, { status, isAsked }: Fix): FixState | undefined {
  switch (status) {
    case 'PROPOSED':
    case 'APPROVED':
      if (cancelRequested) return 'Give up';
      return isAsked && status === 'PROPOSED' ? 'Ask operator' : 'Apply fix';
    case 'REJECTED':
    case 'UNANSWERED':
    case 'CANCELLED':
      return 'Give up';
    case 'APPLIED':
      // It was not applied to the end: what had failed is on record still.
      return failure && !cancelRequested ? 'Apply fix' : undefined;
    case 'VALIDATED':
    case 'FAILED':
      return undefined;
  }
}
