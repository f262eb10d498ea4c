import { expect, test } from '@jest/globals';
import { anomaliesByRules, type MeasuredFacts } from '../../../src/domain/anomaly.ts';

const measured = (change: Partial<MeasuredFacts> = {}): MeasuredFacts => ({
  requests: 1_000,
  responses: { '5xx': 10 },
  latencyMilliseconds: { p50: 40, p99: 400 },
  instances: [{ id: 'i-1', restarts: 0 }],
  ...change,
});
const kinds = (change: Partial<MeasuredFacts>) =>
  anomaliesByRules(measured(change)).map(({ what, severity }) => `${what} ${severity}`);

test.each<[string, Partial<MeasuredFacts>, readonly string[]]>([
  ['numbers at the limits', {}, []],
  ['no requests at all', { requests: 0, responses: { '5xx': 0 }, latencyMilliseconds: null }, []],
  ['more than one failed request of a hundred', { responses: { '5xx': 11 } }, ['errors warn']],
  ['slow answers beside quick ones', { latencyMilliseconds: { p50: 39, p99: 400 } }, ['latency info']],
  ['answers that are only slower', { latencyMilliseconds: { p50: 1, p99: 240 } }, []],
  ['a restart', { instances: [{ id: 'i-1', restarts: 1 }] }, ['restarts info']],
  ['many restarts', { instances: [{ id: 'i-1', restarts: 3 }] }, ['restarts warn']],
])('rules judge %s', (_, change, expected) => {
  expect(kinds(change)).toEqual(expected);
});

test('the numbers are the evidence', () => {
  const instances = [
    { id: 'i-1', restarts: 4 },
    { id: 'i-2', restarts: 0 },
  ];
  expect(anomaliesByRules(measured({ responses: { '5xx': 25 }, instances }))).toMatchObject([
    {
      explanation: '2.5 % of the requests failed with a status of 500 or above',
      evidence: '5xx 25 of 1000 requests',
    },
    { evidence: 'i-1: 4' },
  ]);
});
