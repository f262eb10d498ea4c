import { expect, test } from '@jest/globals';
import { isHealthyStatus } from '../../../src/domain/health-matcher.ts';

test.each([200, 204, 302, 399])('%i is healthy anywhere', (status) => {
  expect(isHealthyStatus('/health', status)).toBe(true);
  expect(isHealthyStatus('/', status)).toBe(true);
});

test.each([401, 403, 426])('%i is healthy where no route is known', (status) => {
  expect(isHealthyStatus('/', status)).toBe(true);
  expect(isHealthyStatus('/health', status)).toBe(false);
});

test.each([100, 400, 404, 500, 503])('%i is never healthy', (status) => {
  expect(isHealthyStatus('/', status)).toBe(false);
});
