import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  asking,
  changingApplication,
  deploymentOf,
  errorOf,
  type Manner,
} from '../fixtures/changing-application.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, ownedProcesses, runCli, startCli } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });
const AT_ONCE = ['--steps', '100', '--bake', '0s'];

const FAILING: readonly (Partial<Manner> & { stage: string; code: string; why: RegExp })[] = [
  { fault: 'exit', stage: 'release', code: 'StartFailed', why: /out of luck/ },
  { fault: 'unhealthy', stage: 'release', code: 'HealthCheckFailed', why: /answered 500/ },
  { fault: 'errors', stage: 'shift', code: 'ReleaseRejected', why: /requests failed/ },
  { work: 75, stage: 'shift', code: 'ReleaseRejected', why: /95 of 100 requests take up to/ },
];

async function deployed(manner: Manner) {
  const repository = await gitRepository(changingApplication(manner));
  const result = await hivemind('deploy', repository.folder, '--name', 'shop', '--stage-1', '--json');
  const deployment = deploymentOf(result);
  return { repository, deployment, url: deployment.url ?? '' };
}

const update = (...options: readonly string[]) => hivemind('update', 'shop', ...options, '--json');

/** Of the application: the server of HiveMind runs other programs too, for a moment. */
async function applicationPids(): Promise<readonly number[]> {
  const processes = await ownedProcesses(home());
  return processes.flatMap(({ pid, command }) => (command === 'node server.js' ? [pid] : [])).sort();
}

const bodyOf = async (url: string) => (await (await fetch(url)).text()).trim();

afterEach(async () => {
  await hivemind('destroy', 'shop', '--confirm', 'shop', '--json');
  await nothingRemains(home());
});

describe('update', () => {
  test('takes no request away, does nothing twice, and does only what a change asks for', async () => {
    const { repository, url } = await deployed({ version: 'one', paths: ['/health', '/ready'] });
    await repository.commit(changingApplication({ version: 'two', paths: ['/health', '/ready'] }));
    const clients = asking(url);
    const second = await update('--steps', '10,50,100', '--bake', '1s');
    const { answers } = await clients.stop();
    expect([...answers.keys()].sort()).toEqual(['200 one', '200 two']);
    expect(deploymentOf(second)).toMatchObject({ status: 'ACTIVE', url, warm: { release: 1 } });

    const pids = await applicationPids();
    const unchanged = await hivemind('update', 'shop');
    expect(unchanged).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to change') });
    expect(await applicationPids()).toEqual(pids);

    const variable = deploymentOf(await update(...AT_ONCE, '--env', 'GREETING=hi'));
    expect(await bodyOf(url)).toBe('two hi');
    expect(variable.release?.number).toBe(3);
    const path = deploymentOf(await update(...AT_ONCE, '--set', 'healthCheckPath=/ready'));
    expect(path.release?.number).toBe(4);
    for (const { stages } of [variable, path]) {
      expect(stages.find(({ name }) => name === 'build')).toMatchObject({ reused: true });
    }
  });

  test('moves to a health path that the live release does not have, without a failed request', async () => {
    const { repository, url } = await deployed({ version: 'one' });
    const nowhere = await update('--set', 'healthCheckPath=/ready', '--start-timeout', '1', '--fix', 'none');
    expect(deploymentOf(nowhere).failure).toMatchObject({ stage: 'release', code: 'HealthCheckFailed' });
    await repository.commit(changingApplication({ version: 'two', paths: ['/ready'] }));
    const clients = asking(url);
    const moved = await update('--steps', '10,100', '--bake', '0s', '--set', 'healthCheckPath=/ready');
    const { answers } = await clients.stop();
    expect([...answers.keys()].sort()).toEqual(['200 one', '200 two']);
    expect(deploymentOf(moved)).toMatchObject({ status: 'ACTIVE', warm: { release: 1 } });
    // The old one is still asked for its own path: it can take the traffic back.
    const back = deploymentOf(await hivemind('rollback', 'shop', '--json'));
    expect(back).toMatchObject({ status: 'ROLLED_BACK', release: { number: 1 } });
    expect(await bodyOf(url)).toBe('one');
  });

  test('leaves the old release live when the new one fails, and says why', async () => {
    const { repository, url } = await deployed({ version: 'one', work: 30 });
    const pids = await applicationPids();
    for (const { stage, code, why, ...manner } of FAILING) {
      await repository.commit(changingApplication({ version: 'bad', work: 30, ...manner }));
      const clients = asking(url, 8);
      const result = await update('--steps', '50,100', '--bake', '2s', '--start-timeout', '1');
      const during = await clients.stop();
      expect(deploymentOf(result)).toMatchObject({
        status: 'FAILED',
        release: { number: 1 },
        failure: { stage, code, message: expect.stringMatching(why) },
      });
      expect(result.code).toBe(1);
      const bad = [...during.answers].filter(([answer]) => answer.includes('bad'));
      expect(bad.length + 1).toBe(during.answers.size);
      const sawIt = bad.reduce((sum, [, count]) => sum + count, 0);
      expect(sawIt).toBeLessThan(during.answers.get('200 one') ?? 0);
      await waitFor(async () => isDeepStrictEqual(await applicationPids(), pids));
      expect(await bodyOf(url)).toBe('one');
    }
  });

  test('is refused while another one runs, with who and what; a stopped one gives the traffic back', async () => {
    const { repository, url } = await deployed({ version: 'one' });
    await update(...AT_ONCE, '--env', 'GREETING=hi');
    await repository.commit(changingApplication({ version: 'two' }));
    const first = startCli(['update', 'shop', '--steps', '50,100', '--bake', '60s'], { home: home() });
    let progress = '';
    first.stderr?.on('data', (text) => (progress += text));
    const ended = new Promise<number | null>((resolve) => first.once('exit', resolve));
    await waitFor(() => progress.includes('shifting the traffic'), { what: 'the shift' });
    const [second, back] = await Promise.all([update(), hivemind('rollback', 'shop', '--json')]);
    for (const refused of [second, back]) {
      expect(refused.code).toBe(5);
      expect(errorOf(refused)).toMatchObject({
        code: 'DeploymentBusy',
        message: expect.stringMatching(/being changed by update update-\w+, started by \S+@\S+ at 2/),
      });
    }
    first.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(await bodyOf(url)).toBe('one hi');
  });
});
