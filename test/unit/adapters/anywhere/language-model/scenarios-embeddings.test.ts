import { describe, expect, test } from '@jest/globals';
import { type Fault, fails, hang, reset, structured, throttled } from '../../../../bedrock/answer.ts';
import { SERVICE_ERRORS } from '../../../../bedrock/service-error.ts';
import { CHEAP, CHECKS, DIAGNOSIS, GOOD, scenario, totalsOf } from './scenario.ts';

const TITAN = 'amazon.titan-embed-text-v2:0';
const EMBEDDING = { embedding: { provider: 'bedrock', id: TITAN } } as const;
const ROUTES =
  'the shop has these routes: home, cart, checkout, orders, login, search, help, terms, imprint, contact';
const asked = (text: string) => ({ ...CHECKS, kind: 'anomaly' as const, data: [{ name: 'routes', text }] });
const FROM_CHEAP = { answered: true, value: GOOD, level: 'cheap', model: `bedrock:${CHEAP}` };

describe('a question of the same meaning', () => {
  test('gets the answer that there is, and what it cost to find out is on record', async () => {
    const { server, ask, ledger } = await scenario(structured(GOOD), EMBEDDING, 1);
    expect(await ask(asked(`${ROUTES} today`))).toMatchObject({ ...FROM_CHEAP, cached: 'no' });
    expect(await ask(asked(`today ${ROUTES}`))).toMatchObject({ ...FROM_CHEAP, cached: 'meaning' });
    expect(server.requests.filter(({ operation }) => operation === 'converse')).toHaveLength(1);
    expect(totalsOf(await ledger(), TITAN)).toEqual({ ...server.totals(TITAN), calls: undefined });
  });

  test('is another one where the decision is too important', async () => {
    const { server, ask } = await scenario(structured(GOOD), EMBEDDING);
    await ask({ ...DIAGNOSIS, data: asked(`${ROUTES} today`).data });
    await ask({ ...DIAGNOSIS, data: asked(`today ${ROUTES}`).data });
    expect(server.requests.map(({ operation }) => operation)).toEqual(['converse', 'converse']);
  });
});

test.each<[string, Fault]>([
  ['is throttled', throttled()],
  ['is down', fails(SERVICE_ERRORS.unavailable)],
  ['is forbidden', fails(SERVICE_ERRORS.noAccess)],
  ['breaks off', reset()],
  ['says nothing', hang()],
])('an embedding model that %s does not keep a question from its answer', async (_, fault) => {
  const { server, ask } = await scenario(structured(GOOD), EMBEDDING);
  server.failEmbeddings(fault);
  expect(await ask(asked(ROUTES))).toMatchObject({ ...FROM_CHEAP, cached: 'no' });
});
