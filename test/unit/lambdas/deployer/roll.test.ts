import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { rollingDeployment, type ServerKind } from '../../../fixtures/rolling-deployment.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';
import { expectAll, restoreAfter } from './rolled-instances.ts';

/** Between two requests of a client: without it the clients take the processor from the servers they ask. */
const CLIENT_PAUSE_MILLISECONDS = 20;

/** Requests, one after the other, until told to end; what they were answered. */
function traffic(url: string) {
  const answers = new Map<string, number>();
  let isOver = false;
  const asking = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const text = await fetch(url).then(
          async (answer) => (answer.ok ? await answer.text() : `status ${answer.status}`),
          () => 'no answer',
        );
        answers.set(text, (answers.get(text) ?? 0) + 1);
        await pause(CLIENT_PAUSE_MILLISECONDS);
      }
    }),
  );
  return {
    answers,
    end: async () => {
      isOver = true;
      await asking;
      return answers;
    },
  };
}

describe('a rolling update of real processes under requests', () => {
  test('puts the release on every instance in place, without a failed request', async () => {
    const rolling = await rollingDeployment();
    const before = await rolling.instances();
    const requests = traffic(rolling.url);
    const { id } = await rolling.begin('update-1', 'good', { kind: 'argv', argv: ['node', 'migrate.js'] });
    expect(await rolling.roll(id)).toEqual({ finished: true });
    await waitFor(() => requests.answers.get('release 2'));
    expect([...(await requests.end()).keys()].sort()).toEqual(['release 1', 'release 2']);
    await expectAll(rolling, 2);
    const after = await rolling.instances();
    expect(after.map(({ id: instance, port }) => [instance, port])).toEqual(
      before.map(({ id: instance, port }) => [instance, port]),
    );
    const ran = await Promise.all(
      after.map((instance) =>
        readFile(rolling.home.folder('instances', instance.id, 'home/ran'), 'utf8').catch(() => ''),
      ),
    );
    expect(ran.join('')).toBe('x');
  });

  const failures: [ServerKind, string][] = [
    ['exits', 'StartFailed'],
    ['sick on /health', 'HealthCheckFailed'],
    ['sick under traffic', 'ReleaseRejected'],
  ];
  test.each(failures)('leaves the old release on every instance when the new one %s', async (kind, code) => {
    const rolling = await rollingDeployment();
    const requests = traffic(rolling.url);
    const { id } = await rolling.begin('update-1', kind);
    await expect(rolling.roll(id)).rejects.toMatchObject({
      code,
      hint: expect.stringContaining('every instance runs release 1 again'),
    });
    const answers = [...(await requests.end()).keys()].filter((text) => text !== 'release 1');
    // Only what is healthy to the load balancer and sick to everybody else is ever seen, by the share of one instance.
    expect(answers).toEqual(kind === 'sick under traffic' ? ['status 500'] : []);
    await expectAll(rolling, 1);
  });

  test('goes on where it was when its caller has no time, or is killed', async () => {
    const rolling = await rollingDeployment();
    const requests = traffic(rolling.url);
    const { id } = await rolling.begin('update-1', 'good');
    const killed = new AbortController();
    const first = rolling.roll(id, killed.signal);
    await waitFor(async () => (await rolling.instances()).some(({ release }) => release === 2));
    killed.abort();
    await expect(first).rejects.toThrow();
    await waitFor(async () => (await rolling.roll(id, undefined, 0)).finished);
    expect([...(await requests.end()).keys()].every((text) => text.startsWith('release'))).toBe(true);
    await expectAll(rolling, 2);
  });

  test('is taken back by whoever cleans up after a failure that came later', async () => {
    const rolling = await rollingDeployment();
    const execution = await rolling.begin('update-1', 'good');
    await rolling.roll(execution.id);
    const requests = traffic(rolling.url);
    const restore = () => restoreAfter(rolling, execution);
    expect(await restore()).toBe(true);
    expect([...(await requests.end()).keys()].every((text) => text.startsWith('release'))).toBe(true);
    await expectAll(rolling, 1);
    // Once the new release is on record it is the one that stays.
    await rolling.store.updateDeployment('shop-1', { liveRelease: 2 });
    expect(await restore()).toBe(true);
    await expectAll(rolling, 1);
  });
});
