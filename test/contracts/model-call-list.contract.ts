import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ModelLedger } from '../../src/ports/model-ledger.ts';
import { anOpenCall, settled, unasked } from '../fixtures/model-call.ts';

/** How every ModelLedger lists its calls. Its clock stands at the first moment of 2026, and `advance` moves it on. */
export function modelCallListContract(
  open: () => Promise<{ readonly ledger: ModelLedger; readonly advance: (seconds: number) => void }>,
): void {
  let ledger: ModelLedger;
  let advance: (seconds: number) => void;
  beforeEach(async () => {
    ({ ledger, advance } = await open());
  });

  describe('the list', () => {
    const at = (askedAt: string, deploymentId: string | null = 'shop-abc234') =>
      unasked({ id: `at-${askedAt}-${deploymentId}`, askedAt, settledAt: askedAt, deploymentId });
    const CALLS = [
      at('2026-01-01T00:00:00.000Z'),
      at('2026-01-01T23:59:59.999Z', 'blog-xyz777'),
      at('2026-01-02T00:00:00.000Z', null),
      at('2026-01-12T08:00:00.000Z'),
      at('2026-01-12T08:00:00.001Z', 'blog-xyz777'),
      at('2026-01-31T12:00:00.000Z'),
    ] as const;
    beforeEach(async () => {
      advance(30 * 86_400 + 43_200);
      for (const call of CALLS) await ledger.record(call);
    });
    const newestFirst = CALLS.toReversed();

    test('is newest first, over many days', async () => {
      expect(await ledger.list({ since: '2026-01-01T00:00:00.000Z' })).toEqual(newestFirst);
    });

    test('begins with a moment, which belongs to it', async () => {
      expect(await ledger.list({ since: '2026-01-01T23:59:59.999Z' })).toEqual(newestFirst.slice(0, 5));
      expect(await ledger.list({ since: '2026-01-12T08:00:00.001Z' })).toEqual(newestFirst.slice(0, 2));
      expect(await ledger.list({ since: '2026-02-01T00:00:00.000Z' })).toEqual([]);
      expect(await ledger.list({ since: '1970-01-01T00:00:00.000Z' })).toEqual(newestFirst);
    });

    test('ends after the newest ones when it is limited', async () => {
      const since = '2026-01-01T00:00:00.000Z';
      expect(await ledger.list({ since, limit: 3 })).toEqual(newestFirst.slice(0, 3));
      expect(await ledger.list({ since, deploymentId: 'shop-abc234', limit: 1 })).toEqual([CALLS[5]]);
      expect(await ledger.list({ since, limit: 0 })).toEqual([]);
    });

    test('may be that of one deployment', async () => {
      const of = (deploymentId: string, since: string) => ledger.list({ since, deploymentId });
      expect(await of('shop-abc234', '2026-01-01T00:00:00.000Z')).toEqual([CALLS[5], CALLS[3], CALLS[0]]);
      expect(await of('blog-xyz777', '2026-01-12T00:00:00.000Z')).toEqual([CALLS[4]]);
      expect(await of('nobody', '2026-01-01T00:00:00.000Z')).toEqual([]);
    });

    test('has a settled call where it was asked', async () => {
      const call = anOpenCall({ id: 'late', askedAt: '2026-01-02T00:00:00.001Z' });
      await ledger.reserve(call, []);
      const done = settled(call, { settledAt: '2026-01-31T13:00:00.000Z' });
      await ledger.settle(done, []);
      expect((await ledger.list({ since: '2026-01-01T00:00:00.000Z' }))[3]).toEqual(done);
    });
  });
}
