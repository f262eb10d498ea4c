import { expect, test } from '@jest/globals';
import type { Secrets } from '../../src/ports/secrets.ts';

/** What every adapter of the Secrets port does. */
export function secretsContract(make: () => Promise<Secrets>): void {
  test('returns the values that were put', async () => {
    const secrets = await make();
    const values = { PLAIN: 'x', EMPTY: '', LINES: 'a\nb', UNICODE: 'ключ 🔑', QUOTES: `'"\\` };

    const reference = await secrets.put('shop-abc234', 'environment', values);

    expect(await secrets.get(reference)).toEqual(values);
  });

  test('gives equal values the same reference', async () => {
    const secrets = await make();
    const first = await secrets.put('shop-abc234', 'environment', { A: '1', B: '2' });

    expect(await secrets.put('shop-abc234', 'environment', { B: '2', A: '1' })).toBe(first);
  });

  test('keeps old versions when a value changes', async () => {
    const secrets = await make();
    const old = await secrets.put('shop-abc234', 'environment', { A: '1' });
    const changed = await secrets.put('shop-abc234', 'environment', { A: '2' });

    expect(changed).not.toBe(old);
    expect(await secrets.get(old)).toEqual({ A: '1' });
    expect(await secrets.get(changed)).toEqual({ A: '2' });
  });

  test('lists and removes one deployment only', async () => {
    const secrets = await make();
    const mine = await secrets.put('shop-abc234', 'environment', { A: '1' });
    const other = await secrets.put('blog-abc234', 'environment', { A: '1' });

    expect(await secrets.list('shop-abc234')).toEqual([mine]);
    await secrets.removeAll('shop-abc234');
    await secrets.removeAll('shop-abc234');

    expect(await secrets.list('shop-abc234')).toEqual([]);
    await expect(secrets.get(mine)).rejects.toMatchObject({ name: 'SecretNotFound' });
    expect(await secrets.get(other)).toEqual({ A: '1' });
  });

  test('finds, lists and removes what is on record, whether it is there or gone', async () => {
    const secrets = await make();
    const gone = await secrets.put('shop-abc234', 'environment', { A: 'gone' });
    await secrets.removeAll('shop-abc234', [gone]);
    const mine = await secrets.put('shop-abc234', 'environment', { A: '1' }, [gone]);
    const recorded = [mine, gone];

    expect(await secrets.put('shop-abc234', 'environment', { A: '1' }, recorded)).toBe(mine);
    expect(await secrets.list('shop-abc234', recorded)).toEqual([mine]);
    await secrets.removeAll('shop-abc234', recorded);
    expect(await secrets.list('shop-abc234', recorded)).toEqual([]);
    await expect(secrets.get(mine)).rejects.toMatchObject({ name: 'SecretNotFound' });
  });

  test('takes nothing of another name or deployment for its own, although it is said to be', async () => {
    const secrets = await make();
    const other = await secrets.put('blog-abc234', 'environment', { A: '1' });
    const settings = await secrets.put('shop-abc234', 'environment-settings', { A: '1' });

    expect([other, settings]).not.toContain(
      await secrets.put('shop-abc234', 'environment', { A: '1' }, [other, settings, 'nonsense']),
    );
    expect(await secrets.list('shop-abc234', [other])).not.toContain(other);
    await secrets.removeAll('shop-abc234', [other, 'nonsense']);
    expect(await secrets.get(other)).toEqual({ A: '1' });
  });

  test.each([
    'secret:shop-abc234/environment@0000000000000000000000000000000000000000000000000000000000000000',
    'secret:../../etc/passwd@00',
    'file:///etc/passwd',
    '',
  ])('fails with SecretNotFound for "%s"', async (reference) => {
    const secrets = await make();

    await expect(secrets.get(reference)).rejects.toMatchObject({ name: 'SecretNotFound' });
  });
}
