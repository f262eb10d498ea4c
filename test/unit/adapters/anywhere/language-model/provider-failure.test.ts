import { describe, expect, test } from '@jest/globals';
import { providerFailure } from '../../../../../src/adapters/anywhere/language-model/provider-failure.ts';
import { awsError } from '../../../../fixtures/models/scripted-providers.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const withCode = (code: string) => Object.assign(new Error('it broke'), { code });
const withStatus = (status: number, headers?: unknown) => Object.assign(new Error('no'), { status, headers });

describe('an error of a provider', () => {
  test.each([
    ['ThrottlingException', 429, 'throttled'],
    ['ModelNotReadyException', 429, 'unavailable'],
    ['InternalServerException', 500, 'unavailable'],
    ['SomethingNew', 529, 'unavailable'],
    ['ModelTimeoutException', 408, 'timeout'],
    ['AccessDeniedException', 403, 'access-denied'],
    ['ExpiredTokenException', 403, 'not-signed-in'],
    ['ValidationException', 400, 'invalid-request'],
    ['ResourceNotFoundException', 404, 'model-not-found'],
  ])('%s with %i is %s, and costs nothing', (name, status, reason) => {
    expect(providerFailure(awsError(name, status), NOW)).toMatchObject({ reason, mayBeBilled: false });
  });

  test.each([400, 401, 403, 404, 422])('of status %i is never tried again', (status) => {
    expect(providerFailure(withStatus(status), NOW)).toMatchObject({ isRetryable: false });
  });

  test.each(['ECONNRESET', 'EPIPE', 'ERR_HTTP2_STREAM_ERROR'])('%s may have cost an answer', (code) => {
    expect(providerFailure(withCode(code), NOW)).toMatchObject({
      reason: 'interrupted',
      mayBeBilled: true,
      isRetryable: true,
    });
  });

  test.each(['ECONNREFUSED', 'ENOTFOUND'])('%s has cost nothing', (code) => {
    const neverSent = { reason: 'unavailable', mayBeBilled: false };
    expect(providerFailure(withCode(code), NOW)).toMatchObject(neverSent);
    const canceled = Object.assign(withCode('ERR_HTTP2_STREAM_CANCEL'), { cause: withCode(code) });
    expect(providerFailure(canceled, NOW)).toMatchObject(neverSent);
  });

  test('is understood through the errors that are around it', () => {
    const around = new Error('model error', {
      cause: new Error('and again', { cause: withCode('ECONNRESET') }),
    });
    expect(providerFailure(around, NOW)).toMatchObject({ reason: 'interrupted' });
  });

  test('tells when to come back, by whatever headers the SDK has', () => {
    const waits = (error: Error) => providerFailure(error, NOW)?.retryAfterMilliseconds;
    expect(waits(awsError('ThrottlingException', 429, '3'))).toBe(3_000);
    expect(waits(withStatus(429, new Headers({ 'Retry-After': '4' })))).toBe(4_000);
    expect(waits(withStatus(429, { 'Retry-After': '5' }))).toBe(5_000);
    expect(waits(withStatus(429))).toBeNull();
  });

  test('of a quota of the account is not waited for', () => {
    expect(providerFailure(awsError('ServiceQuotaExceededException', 400), NOW)).toMatchObject({
      reason: 'throttled',
      isRetryable: false,
    });
  });
});

test.each([new TypeError('ours'), 'a word', null, undefined, 7])('%s is no error of a provider', (error) => {
  expect(providerFailure(error, NOW)).toBeUndefined();
});
