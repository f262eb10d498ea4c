import { expect, test } from '@jest/globals';
import { attemptToken } from '../../../src/stages/attempt-token.ts';

test('the same attempt has the same token, the one after a fix another one', () => {
  const digest = 'f'.repeat(64);
  const first = attemptToken({ id: 'deploy-1' }, digest);
  const second = attemptToken({ id: 'deploy-1', resumedAt: '2026-01-01T00:00:00.000Z' }, digest);
  const third = attemptToken({ id: 'deploy-1', resumedAt: '2026-01-01T00:05:00.000Z' }, digest);
  expect(first).toBe('deploy-1-ffffffffffff');
  expect(new Set([first, second, third]).size).toBe(3);
  expect(attemptToken({ id: 'deploy-1', resumedAt: '2026-01-01T00:00:00.000Z' }, digest)).toBe(second);
  expect(second).toMatch(/^[a-z0-9-]+$/);
});
