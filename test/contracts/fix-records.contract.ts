import { describe, expect, test } from '@jest/globals';
import { aProposedFix } from '../fixtures/proposed-fix.ts';
import { type OpenStore, storeForEach } from './store-for-each.ts';

const FIX = aProposedFix();
const ANSWER = { by: 'ada@localhost', at: '2026-01-01T01:00:00.000Z', approved: true };

/** What every DeploymentStore does with the fixes of an execution. */
export function fixRecordsContract(open: OpenStore): void {
  const store = storeForEach(open);

  describe('fixes', () => {
    test('are kept as they were proposed, in the order of their rounds, apart from other executions', async () => {
      const second = aProposedFix({
        round: 2,
        stage: null,
        isAsked: false,
        expiresAt: null,
        asks: ['TOKEN'],
      });
      await store().putFix(second);
      await store().putFix(FIX);
      await store().putFix(aProposedFix({ executionId: 'deploy-2' }));
      expect(await store().listFixes('deploy-1')).toEqual([FIX, second]);
      expect(await store().listFixes('deploy-3')).toEqual([]);
    });

    test('are proposed once', async () => {
      await store().putFix(FIX);
      await store().changeFix('deploy-1', FIX.id, 'PROPOSED', { status: 'APPROVED', answer: ANSWER });
      await store().putFix(FIX);
      expect(await store().listFixes('deploy-1')).toEqual([{ ...FIX, status: 'APPROVED', answer: ANSWER }]);
    });

    test('change from the status that is expected, and from no other', async () => {
      await store().putFix(FIX);
      const waiting = { ...FIX, taskToken: 'token-1', expiresAt: '2026-01-03T00:00:00.000Z' };
      const { taskToken, expiresAt } = waiting;
      expect(await store().changeFix('deploy-1', FIX.id, 'PROPOSED', { taskToken, expiresAt })).toEqual(
        waiting,
      );
      expect(await store().changeFix('deploy-1', FIX.id, 'APPROVED', { status: 'APPLIED' })).toBeUndefined();
      expect(await store().changeFix('deploy-1', FIX.id, 'PROPOSED', { status: 'REJECTED' })).toMatchObject({
        status: 'REJECTED',
        taskToken,
      });
      expect(await store().changeFix('deploy-1', FIX.id, 'PROPOSED', { status: 'APPROVED' })).toBeUndefined();
      expect(await store().listFixes('deploy-1')).toEqual([{ ...waiting, status: 'REJECTED' }]);
    });

    test('are not made by a change, nor changed under the name of another execution', async () => {
      const change = { status: 'APPROVED' } as const;
      expect(await store().changeFix('deploy-1', FIX.id, 'PROPOSED', change)).toBeUndefined();
      expect(await store().listFixes('deploy-1')).toEqual([]);
      await store().putFix(FIX);
      expect(await store().changeFix('deploy-2', FIX.id, 'PROPOSED', change)).toBeUndefined();
      expect(await store().listFixes('deploy-1')).toEqual([FIX]);
      expect(await store().listFixes('deploy-2')).toEqual([]);
    });

    test('are answered by one of several at once', async () => {
      await store().putFix(FIX);
      const people = ['ada', 'bob', 'cyd', 'dan', 'eve'];
      const outcomes = await Promise.all(
        people.map((by, index) =>
          store().changeFix('deploy-1', FIX.id, 'PROPOSED', {
            status: index % 2 === 0 ? 'APPROVED' : 'REJECTED',
            answer: { ...ANSWER, by, approved: index % 2 === 0 },
          }),
        ),
      );
      const won = outcomes.filter((outcome) => outcome !== undefined);
      expect(won).toHaveLength(1);
      expect(await store().listFixes('deploy-1')).toEqual(won);
      expect(won[0]?.answer?.by).toBe(people[outcomes.findIndex((outcome) => outcome !== undefined)]);
    });
  });
}
