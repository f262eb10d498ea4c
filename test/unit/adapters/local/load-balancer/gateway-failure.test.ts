import { describe, expect, test } from '@jest/globals';
import { gatewayFailure } from '../../../../../src/adapters/local/load-balancer/gateway-failure.ts';

describe('gateway failure', () => {
  test.each([
    ['ECONNREFUSED', 502],
    ['ECONNRESET', 502],
    ['UND_ERR_SOCKET', 502],
    ['HPE_INVALID_CONSTANT', 502],
    ['UND_ERR_HEADERS_OVERFLOW', 502],
    ['UND_ERR_CONNECT_TIMEOUT', 504],
    ['UND_ERR_HEADERS_TIMEOUT', 504],
    ['UND_ERR_INVALID_ARG', 400],
  ])('answers %s with %i', (code, status) => {
    expect(gatewayFailure(Object.assign(new Error(code), { code })).status).toBe(status);
  });
});
