import { afterEach, describe, expect, test } from '@jest/globals';
import { asking, changingApplication, deploymentOf, errorOf } from '../fixtures/changing-application.ts';
import { type GitRepository, gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, runCli } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });
const AT_ONCE = ['--steps', '100', '--bake', '0s'];

async function deployed(version: string): Promise<{ repository: GitRepository; url: string }> {
  const repository = await gitRepository(changingApplication({ version }));
  const result = await hivemind('deploy', repository.folder, '--name', 'shop', '--stage-1', '--json');
  return { repository, url: deploymentOf(result).url ?? '' };
}

async function updated(repository: GitRepository, version: string, ...options: readonly string[]) {
  await repository.commit(changingApplication({ version }));
  const result = await hivemind('update', 'shop', ...AT_ONCE, ...options, '--json');
  expect([result.code, result.stderr]).toEqual([0, '']);
  return deploymentOf(result);
}

const rollback = (...options: readonly string[]) =>
  hivemind('rollback', 'shop', '--yes', ...options, '--json');
const destroy = (confirm = 'shop') => hivemind('destroy', 'shop', '--confirm', confirm, '--json');
const bodyOf = async (url: string) => (await (await fetch(url)).text()).trim();

afterEach(async () => {
  await destroy();
  await nothingRemains(home());
});

describe('rollback', () => {
  test('goes back while the old release is warm, and from what is kept of it when it is not', async () => {
    const { repository, url } = await deployed('one');
    expect(await updated(repository, 'two')).toMatchObject({ warm: { release: 1 } });
    const clients = asking(url);
    const warm = await rollback('--keep-warm', '0s');
    expect(deploymentOf(warm)).toMatchObject({ status: 'ROLLED_BACK', release: { number: 1 }, warm: null });
    expect(await bodyOf(url)).toBe('one');
    const cold = await rollback('--to', '2', '--keep-warm', '0s');
    expect(deploymentOf(cold)).toMatchObject({ status: 'ROLLED_BACK', release: { number: 2 }, warm: null });
    expect([...(await clients.stop()).answers.keys()].sort()).toEqual(['200 one', '200 two']);
    expect(await bodyOf(url)).toBe('two');
    const stages = deploymentOf(cold).stages.map(({ name }) => name);
    expect(stages).toContain('restore');
    expect(stages).not.toContain('build');
  });

  test('refuses a release that there is not, that is live, and one of a destroyed deployment', async () => {
    const { repository, url } = await deployed('one');
    expect(errorOf(await rollback())).toMatchObject({ code: 'ReleaseNotFound' });
    await updated(repository, 'two');
    const unknown = errorOf(await rollback('--to', '7'));
    expect(unknown).toMatchObject({ code: 'ReleaseNotFound', hint: expect.stringContaining('releases') });
    expect(errorOf(await rollback('--to', '2'))).toMatchObject({ code: 'AlreadyLive' });
    const wrong = await destroy('shoe');
    expect([wrong.code, errorOf(wrong).code]).toEqual([2, 'ConfirmationMismatch']);
    expect(await bodyOf(url)).toBe('two');
    await destroy();
    for (const command of [['rollback', '--to', '1'], ['update']]) {
      const [verb = '', ...options] = command;
      expect(errorOf(await hivemind(verb, 'shop', ...options, '--json'))).toMatchObject({
        code: 'NotLive',
        message: '"shop" has no live release (DESTROYED)',
      });
    }
  });

  test('takes a first deploy that failed back to nothing', async () => {
    const repository = await gitRepository(changingApplication({ version: 'bad', fault: 'exit' }));
    const failed = await hivemind('deploy', repository.folder, '--name', 'shop', '--stage-1', '--json');
    expect(failed.code).toBe(1);
    const back = await rollback();
    expect([back.code, deploymentOf(back).status]).toEqual([0, 'ROLLED_BACK']);
    await nothingRemains(home());
    await repository.commit(changingApplication({ version: 'good' }));
    const again = await hivemind('deploy', repository.folder, '--name', 'shop', '--stage-1', '--json');
    expect(deploymentOf(again)).toMatchObject({ status: 'ACTIVE' });
  });

  test('does not go behind a migration unless it may', async () => {
    const { repository, url } = await deployed('one');
    await updated(repository, 'two', '--set', 'migrations=node --version');
    const frozen = await rollback();
    expect(frozen.code).not.toBe(0);
    expect(errorOf(frozen)).toMatchObject({
      code: 'MigrationNotReversible',
      message: expect.stringContaining('the migration of release 2 ran'),
      hint: expect.stringContaining('--despite-migrations'),
    });
    expect(await bodyOf(url)).toBe('two');
    expect(deploymentOf(await rollback('--despite-migrations'))).toMatchObject({ release: { number: 1 } });
    expect(await bodyOf(url)).toBe('one');
  });
});

describe('upgrade', () => {
  test('takes stage-1 to production, once, under requests', async () => {
    const { url } = await deployed('one');
    const clients = asking(url);
    const upgraded = await hivemind('upgrade', 'shop', '--to-production', ...AT_ONCE, '--json');
    expect([upgraded.code, upgraded.stderr]).toEqual([0, '']);
    expect(deploymentOf(upgraded)).toMatchObject({ status: 'ACTIVE', stage: 'production', url });
    expect([...(await clients.stop()).answers.keys()]).toEqual(['200 one']);
    const twice = await hivemind('upgrade', 'shop', '--to-production', '--json');
    expect(errorOf(twice)).toMatchObject({ code: 'AlreadyLive' });
  });
});
