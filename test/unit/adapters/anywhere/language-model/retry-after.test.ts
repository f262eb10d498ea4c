import { expect, test } from '@jest/globals';
import { retryAfterMilliseconds } from '../../../../../src/adapters/anywhere/language-model/retry-after.ts';

const NOW = '2026-01-01T00:00:00.000Z';

test.each([
  ['7', 7_000],
  [' 0 ', 0],
  ['1.5', 1_500],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
])('%j is so long', (header, milliseconds) => {
  expect(retryAfterMilliseconds(header, NOW)).toBe(milliseconds);
});

test.each([undefined, '', 'soon', '-5', '1e9', 'NaN', '7 s', 'Xyz'])('%j says nothing', (header) => {
  expect(retryAfterMilliseconds(header, NOW)).toBeNull();
});
