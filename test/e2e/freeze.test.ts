import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { localDeploymentStore } from '../../src/adapters/local/deployment-store.ts';
import { prepareHome } from '../../src/adapters/local/home.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { freezeDocument, historyDocument } from '../../src/contracts/api.ts';
import { deploymentDocument, deploymentListDocument } from '../../src/contracts/deployment.ts';
import { aDeployment, anExecution } from '../contracts/deployment-store.contract.ts';
import { changingApplication, deploymentOf, errorOf } from '../fixtures/changing-application.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, runCli, startCli } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });
const bodyOf = async (url: string) => (await (await fetch(url)).text()).trim();

const eventsOf = async (run = hivemind) =>
  historyDocument.parse((await run('history', 'shop', '--json')).json()).events;
const statusOf = async () => deploymentDocument.parse((await hivemind('status', 'shop', '--json')).json());

async function deployed() {
  const repository = await gitRepository(changingApplication({ version: 'one' }));
  const result = await hivemind('deploy', repository.folder, '--name', 'shop', '--stage-1', '--json');
  return { repository, url: deploymentOf(result).url ?? '' };
}

describe('a freeze', () => {
  afterEach(async () => {
    await hivemind('resume');
    await waitFor(async () => (await hivemind('destroy', 'shop', '--confirm', 'shop', '--json')).code !== 5, {
      timeoutMilliseconds: 30_000,
      what: 'the end of what runs',
    });
    await nothingRemains(home());
  }, 60_000);

  test('holds an update before its next change, refuses new work, and lets it go on', async () => {
    const { repository, url } = await deployed();
    await repository.commit(changingApplication({ version: 'two' }));
    const updating = startCli(['update', 'shop', '--steps', '50,100', '--bake', '5s', '--json'], {
      home: home(),
    });
    const ended = new Promise<number | null>((resolve) => updating.once('exit', resolve));
    await waitFor(async () =>
      (await statusOf()).deployment.stages.some(
        ({ name, status }) => name === 'shift' && status === 'RUNNING',
      ),
    );
    const frozen = freezeDocument.parse(
      (await hivemind('freeze', 'the checkout loses orders', '--json')).json(),
    );
    expect(frozen).toMatchObject({ freeze: { reason: 'the checkout loses orders' }, running: 1 });

    for (const work of [
      ['deploy', repository.folder, '--name', 'other'],
      ['destroy', 'shop', '--confirm', 'shop'],
      ['update', 'shop'],
    ]) {
      const refused = await hivemind(...work, '--json');
      expect(refused.code).toBe(5);
      expect(errorOf(refused)).toMatchObject({
        code: 'Frozen',
        message: expect.stringMatching(/frozen by \S+@\S+ since .*the checkout loses orders/),
        hint: expect.stringContaining('hivemind resume'),
      });
    }
    expect((await hivemind('status', 'shop')).stderr).toContain('the checkout loses orders');
    const list = deploymentListDocument.parse((await hivemind('list', '--json')).json());
    expect(list.freeze).toMatchObject({ reason: 'the checkout loses orders' });
    expect((await hivemind('doctor')).stdout).toMatch(/! freeze .*the checkout loses orders/);

    const answers = new Set(await Promise.all(Array.from({ length: 20 }, () => bodyOf(url))));
    expect([...answers].sort()).toEqual(['one', 'two']);
    expect((await statusOf()).deployment.release?.number).toBe(1);

    expect(await hivemind('resume')).toMatchObject({ code: 0, stdout: expect.stringContaining('1 running') });
    expect(await ended).toBe(0);
    expect(await bodyOf(url)).toBe('two');
    const told = (await eventsOf()).filter(({ type }) => type === 'warning').map(({ message }) => message);
    expect(told).toEqual([
      expect.stringContaining('the checkout loses orders'),
      expect.stringContaining('ended the freeze'),
    ]);
  }, 90_000);

  test('outlives the server, and removes no warm release until it ends', async () => {
    const { repository, url } = await deployed();
    await repository.commit(changingApplication({ version: 'two' }));
    await hivemind('update', 'shop', '--steps', '100', '--bake', '0', '--keep-warm', '1s');
    await hivemind('freeze', 'night');
    expect((await hivemind('serve', '--stop')).code).toBe(0);
    expect(await statusOf()).toMatchObject({
      freeze: { reason: 'night' },
      deployment: { warm: { release: 1 } },
    });
    expect(await bodyOf(url)).toBe('two');
    await hivemind('resume');
    await waitFor(async () => (await statusOf()).deployment.warm === null, { timeoutMilliseconds: 30_000 });
    await waitFor(async () => (await eventsOf()).some(({ message }) => message === 'retire succeeded'));
    const events = await eventsOf();
    const at = (text: string) => events.findIndex(({ message }) => message.includes(text));
    expect(events[at('removal of')]).toMatchObject({ actor: 'hivemind', type: 'execution.started' });
    expect((await statusOf()).deployment).toMatchObject({ status: 'ACTIVE', previousRelease: 1, warm: null });
    expect(await bodyOf(url)).toBe('two');
  }, 90_000);
});

describe('a freeze on a machine without a server', () => {
  // Its own home: a server of the tests above would find the made-up execution, which nobody runs.
  const home = homeOfSuite();
  const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });

  test('counts before a server that is started for it goes on with anything', async () => {
    prepareHome(home());
    const database = openStateDatabase(home().stateFile);
    const store = localDeploymentStore({ database, clock: systemClock });
    await store.createDeployment(aDeployment({ status: 'UPDATING' }));
    await store.createExecution(anExecution());
    database.close();
    const frozen = freezeDocument.parse((await hivemind('freeze', 'fire', '--json')).json());
    expect(frozen).toMatchObject({ freeze: { reason: 'fire' }, running: 1 });
    expect((await eventsOf(hivemind))[0]).toMatchObject({
      type: 'warning',
      actor: expect.stringContaining('@'),
      message: expect.stringContaining('everything is frozen'),
    });
  });
});
