import { describe, expect, test } from '@jest/globals';
import { newLoadBalancer, send, startTarget } from '../../../../fixtures/load-balancing.ts';

async function twoColors() {
  const echo = (id: string) =>
    startTarget(id, (request, response) => response.end(`${id} ${Object.keys(request.headers).join(' ')}`));
  return await newLoadBalancer({ blue: [await echo('i-blue')], green: [await echo('i-green')] });
}

describe('probe rule', () => {
  test.each(['blue', 'green'] as const)('reaches %s whatever the weights', async (color) => {
    const balancer = await twoColors();
    const { url, headers, targetHeader } = balancer.probeRoute(color);
    const answer = await send(url, { headers });
    expect(answer.body).toContain(`i-${color} `);
    expect(answer.body).not.toContain('x-hivemind');
    expect(answer.headers[targetHeader]).toBe(`i-${color}`);
  });

  test('follows the weights without a colour', async () => {
    const balancer = await twoColors();
    const { headers, targetHeader } = balancer.probeRoute('green');
    const answer = await send(balancer.url, {
      headers: { 'x-hivemind-probe': headers['x-hivemind-probe'] ?? '' },
    });
    expect(answer.headers[targetHeader]).toBe('i-blue');
  });

  test.each(['wrong', 'x'.repeat(32), ''])('is closed to the secret "%s"', async (secret) => {
    const balancer = await twoColors();
    const answer = await send(balancer.url, {
      headers: { 'x-hivemind-probe': secret, 'x-hivemind-color': 'green' },
    });
    expect(answer.body).toContain('i-blue ');
    expect(answer.body).not.toContain('x-hivemind');
    expect(answer.headers).not.toHaveProperty('x-hivemind-target');
  });

  test('gives 503 for a colour without targets', async () => {
    const balancer = await newLoadBalancer({ blue: [await startTarget('i-blue')] });
    const { url, headers } = balancer.probeRoute('green');
    expect(await send(url, { headers })).toMatchObject({ status: 503 });
  });
});
