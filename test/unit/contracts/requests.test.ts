import { describe, expect, test } from '@jest/globals';
import { parseInput } from '../../../apps/api/request-body.ts';
import { deployRequest, updateRequest } from '../../../src/contracts/api.ts';

describe('variables that HiveMind itself sets', () => {
  test.each([
    ['deploy', () => parseInput({ source: '/srv/shop', environment: { PORT: '3000' } }, deployRequest)],
    ['update', () => parseInput({ environment: { PORT: '3000' } }, updateRequest)],
  ])('are refused by the API with what to do: %s', (_, parse) => {
    expect(parse).toThrow(/PORT is set by HiveMind itself; leave it out.*--port(.|\n)*environment\.PORT/);
  });

  test('do not keep others from being set', () => {
    const environment = { PORTS: '1', HIVEMIND_MODE: 'x' };
    expect(parseInput({ environment }, updateRequest).environment).toEqual(environment);
  });
});
