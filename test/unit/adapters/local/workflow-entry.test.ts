import { describe, expect, test } from '@jest/globals';
import { entryOf } from '../../../../src/adapters/local/workflow/entry.ts';
import type { Fix } from '../../../../src/domain/fix.ts';
import { anExecution } from '../../../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../../../fixtures/proposed-fix.ts';

const NOW = '2026-01-01T12:00:00.000Z';
const failure = {
  code: 'StartFailed',
  message: 'it does not answer',
  hint: 'mend it',
  logTail: [],
  stage: 'release',
  fault: 'application',
  at: NOW,
} as const;
const execution = anExecution({ failure });
const ids = { executionId: execution.id, deploymentId: execution.deploymentId };
const stateAfter = (change: Partial<Fix>, cancelRequested = false) =>
  entryOf({ ...execution, cancelRequested }, aProposedFix(change), NOW).startAt;

describe('a workflow that a server left', () => {
  test('begins with its first state when nothing was proposed', () => {
    expect(entryOf(execution, undefined, NOW)).toEqual({ input: ids });
  });

  test('asks again, with the error on record and the time that remains', () => {
    const fix = aProposedFix({ expiresAt: '2026-01-01T12:30:00.000Z' });
    expect(entryOf(execution, fix, NOW)).toEqual({
      startAt: 'Ask operator',
      input: {
        ...ids,
        error: { Error: 'StartFailed', Cause: 'it does not answer' },
        diagnosis: { next: 'ask', answerSeconds: 1800 },
      },
    });
  });

  test('has a second left for a question whose time was over meanwhile', () => {
    const fix = aProposedFix({ expiresAt: '2026-01-01T11:00:00.000Z' });
    expect(entryOf(execution, fix, NOW).input.diagnosis).toEqual({ next: 'ask', answerSeconds: 1 });
  });

  test('goes on with the fix although the failure is not on record any more', () => {
    const entry = entryOf(anExecution(), aProposedFix({ status: 'APPROVED' }), NOW);
    expect(entry).toMatchObject({ startAt: 'Apply fix', input: { error: { Error: 'InternalError' } } });
  });

  test.each([
    ['PROPOSED', true, 'Ask operator'],
    ['PROPOSED', false, 'Apply fix'],
    ['APPROVED', true, 'Apply fix'],
    ['REJECTED', true, 'Give up'],
    ['UNANSWERED', true, 'Give up'],
    ['CANCELLED', true, 'Give up'],
    ['APPLIED', true, 'Apply fix'],
    ['VALIDATED', true, undefined],
    ['FAILED', true, undefined],
  ] as const)('goes on after a fix that is %s (asked: %s) at %s', (status, isAsked, state) => {
    expect(stateAfter({ status, isAsked })).toBe(state);
  });

  test('begins with its first state when the fix was applied to the end, or it was cancelled', () => {
    expect(entryOf(anExecution(), aProposedFix({ status: 'APPLIED' }), NOW)).toEqual({ input: ids });
    expect(stateAfter({ status: 'APPLIED' }, true)).toBeUndefined();
  });

  test.each([
    ['PROPOSED', true],
    ['PROPOSED', false],
    ['APPROVED', true],
  ] as const)('gives up a fix that is %s (asked: %s) when it was cancelled meanwhile', (status, isAsked) => {
    expect(stateAfter({ status, isAsked }, true)).toBe('Give up');
  });
});
