import { describe, expect, test } from '@jest/globals';
import { localAnswerCache } from '../../src/adapters/local/answer-cache.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { stillClock } from '../fixtures/still-clock.ts';
import { anAnswer, answerCacheContract } from './answer-cache.contract.ts';

const inMemory = (maximumAnswers?: number) => {
  const clock = stillClock();
  const database = openStateDatabase(':memory:');
  const size = maximumAnswers === undefined ? {} : { maximumAnswers };
  return { cache: localAnswerCache({ database, clock, ...size }), advance: clock.advance, database };
};

const stored = ({ database }: ReturnType<typeof inMemory>): unknown =>
  database.prepare('SELECT count(*) AS number FROM model_answers').get()?.['number'];

describe('local answer cache', () => {
  answerCacheContract(async () => inMemory());

  test('keeps the newest answers, and never more than it has room for', async () => {
    const room = inMemory(3);
    for (const key of ['1', '2', '3', '1', '4']) await room.cache.put(anAnswer({ key }));
    expect(stored(room)).toBeLessThanOrEqual(3);
    expect(await room.cache.find('4')).toBeDefined();
    expect(await room.cache.find('1')).toBeDefined();
    expect(await room.cache.find('2')).toBeUndefined();
  });

  test('removes answers whose time is up when one is put', async () => {
    const open = inMemory();
    await open.cache.put(anAnswer({ key: 'old' }));
    open.advance(3_600);
    await open.cache.put(anAnswer({ key: 'new', expiresAt: '2026-01-02T00:00:00.000Z' }));
    expect(stored(open)).toBe(1);
  });

  test.each([
    ["document = '{}'", 'a stored record is damaged'],
    ["embedding = x'000000'", 'a stored embedding is damaged'],
  ])('fails with a clear error on %s', async (damage, message) => {
    const { cache, database } = inMemory();
    await cache.put(anAnswer({ embedding: [1] }));
    database.exec(`UPDATE model_answers SET ${damage}`);
    await expect(cache.find(anAnswer().key)).rejects.toThrow(message);
  });
});
