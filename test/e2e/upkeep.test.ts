import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from '@jest/globals';
import { comparisonDocument, releasesDocument } from '../../src/contracts/releases.ts';
import {
  orphansDocument,
  orphansRemovedDocument,
  reconciledDocument,
  removalDocument,
} from '../../src/contracts/upkeep.ts';
import { changingApplication, deploymentOf, errorOf } from '../fixtures/changing-application.ts';
import { freePort } from '../fixtures/free-port.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, ownedProcesses, readServerFile, runCli, stopServer } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });

afterEach(async () => {
  await hivemind('destroy', 'shop', '--confirm', 'shop', '--json');
  await nothingRemains(home());
});

async function deployTwice(): Promise<string> {
  // The server is stopped in between: its port must not be one that another server would choose meanwhile.
  const port = String(await freePort());
  const repository = await gitRepository(changingApplication({ version: 'one' }));
  await hivemind(
    'deploy',
    repository.folder,
    '--name',
    'shop',
    '--stage-1',
    '--env',
    'A=1',
    '--port',
    port,
    '--json',
  );
  await repository.commit(changingApplication({ version: 'two' }));
  const updated = await hivemind(
    'update',
    'shop',
    '--steps',
    '100',
    '--bake',
    '0s',
    '--env',
    'A=2',
    '--env',
    'B=secret-value',
    '--json',
  );
  expect([updated.code, updated.stderr]).toEqual([0, '']);
  return deploymentOf(updated).url ?? '';
}

/** Somebody changes the state by hand while no server runs. */
async function byHand(change: (state: DatabaseSync) => void): Promise<void> {
  await stopServer(home());
  const state = new DatabaseSync(home().stateFile);
  change(state);
  state.close();
}

const swapWeights = (state: DatabaseSync): void => {
  state.exec(
    "UPDATE load_balancers SET document = json_set(document, '$.weights', json_object('blue', json_extract(document, '$.weights.green'), 'green', json_extract(document, '$.weights.blue')))",
  );
};
const stopInstances = (state: DatabaseSync): void => {
  state.exec("UPDATE instances SET document = json_set(document, '$.desired', 'stopped')");
};

const bodyOf = async (url: string) => (await (await fetch(url)).text()).trim();
const reconcile = async () => {
  const result = await hivemind('reconcile', 'shop', '--yes', '--json');
  return { code: result.code, outcome: reconciledDocument.parse(result.json()) };
};
const kinds = (drift: readonly { readonly kind: string }[]) => drift.map(({ kind }) => kind).sort();

describe('what a deployment was and would leave', () => {
  test('releases, their difference, and the preview of a removal', async () => {
    await deployTwice();
    const { releases } = releasesDocument.parse((await hivemind('releases', 'shop', '--json')).json());
    expect(releases).toMatchObject([
      { number: 2, mark: 'live', workflow: 'update', artifactKept: true, rollbackRefused: 'it is live' },
      { number: 1, mark: 'warm', workflow: 'deploy', artifactKept: true, rollbackRefused: null },
    ]);
    const diff = await hivemind('diff', 'shop', '--json');
    expect(diff.stdout).not.toContain('secret-value');
    const { from, to, changes } = comparisonDocument.parse(diff.json());
    expect([from.number, to.number]).toEqual([1, 2]);
    expect(changes.map(({ area, what }) => `${area} ${what}`)).toEqual([
      'commit commit',
      'environment B',
      'environment A',
    ]);
    const text = await hivemind('releases', 'shop');
    expect(text.stdout).toMatch(/2 +live +[0-9a-f]{10}/);
    const unknown = await hivemind('diff', 'shop', '7', '--json');
    expect([unknown.code, errorOf(unknown).code]).toEqual([4, 'ReleaseNotFound']);
    const { resources } = await removal();
    expect(new Set(resources.map(({ type }) => type))).toEqual(
      new Set(['stack', 'process', 'port', 'directory', 'secret', 'log']),
    );
  });

  test('a rollback says first what changes', async () => {
    const url = await deployTwice();
    const back = await hivemind('rollback', 'shop');
    expect(back.code).toBe(0);
    expect(back.stderr).toMatch(/- B set\n[\s\S]*back from release 2 to release 1: it is warm/);
    expect(await bodyOf(url)).toBe('one');
  });
});

async function removal() {
  const server = await readServerFile(home());
  const token = (await readFile(home().tokenFile, 'utf8')).trim();
  const answer = await fetch(`${server?.url}/v1/deployments/shop/removal`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return removalDocument.parse(await answer.json());
}

describe('drift', () => {
  test('changed weights and a stopped instance are shown, and mended on confirmation', async () => {
    const url = await deployTwice();
    expect((await reconcile()).outcome).toEqual({ mended: [], left: [], started: null });
    await byHand((state) => {
      swapWeights(state);
      stopInstances(state);
    });
    const asked = await hivemind('reconcile', 'shop');
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('stopped (recorded: running)');
    const { code, outcome } = await reconcile();
    expect([code, outcome.left, outcome.started]).toEqual([0, [], null]);
    expect(kinds(outcome.mended)).toEqual(['instance-down', 'weights-changed']);
    expect(await bodyOf(url)).toBe('two');
  });

  test('a killed instance is back by itself, and nothing is left to mend', async () => {
    const url = await deployTwice();
    const server = await readServerFile(home());
    const instances = (await ownedProcesses(home())).filter(({ pid, command }) => {
      return pid !== server?.pid && /\bserver\.js\b/.test(command);
    });
    expect(instances.length).toBeGreaterThan(0);
    for (const { pid } of instances) process.kill(pid, 'SIGKILL');
    await waitFor(async () => ((await bodyOf(url)) === 'two' ? true : undefined));
    await waitFor(async () => ((await reconcile()).outcome.mended.length === 0 ? true : undefined));
    expect(await bodyOf(url)).toBe('two');
  });

  test('what a failed update has left is shown and mended, and its release is none to go back to', async () => {
    const url = await deployTwice();
    const broken = await hivemind(
      'update',
      'shop',
      '--set',
      'healthCheckPath=/broken',
      '--start-timeout',
      '5',
      '--fix',
      'none',
    );
    expect(broken.code).toBe(1);
    const { releases } = releasesDocument.parse((await hivemind('releases', 'shop', '--json')).json());
    expect(releases[0]).toMatchObject({
      number: 3,
      mark: 'never-live',
      rollbackRefused: 'it was never live',
    });
    const refused = await hivemind('rollback', 'shop', '--to', '3');
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('was never live')]);
    expect(refused.stderr).not.toContain('back from');

    const shown = reconciledDocument.parse((await hivemind('reconcile', 'shop', '--json')).json());
    expect(shown.left).toMatchObject([
      { kind: 'stack-changed', recorded: 'healthCheckPath /health', seen: 'healthCheckPath /broken' },
    ]);
    expect((await reconcile()).code).toBe(0);
    expect((await reconcile()).outcome).toEqual({ mended: [], left: [], started: null });
    expect(await bodyOf(url)).toBe('two');
  });

  test('stacks deleted by hand are set up again from what is kept', async () => {
    const url = await deployTwice();
    await byHand((state) =>
      state.exec("DELETE FROM stacks WHERE name LIKE '%-compute-%' OR name LIKE '%-monitoring'"),
    );
    const { code, outcome } = await reconcile();
    expect(code).toBe(0);
    expect(outcome.started).not.toBeNull();
    expect((await reconcile()).outcome).toEqual({ mended: [], left: [], started: null });
    expect(await bodyOf(url)).toBe('two');
    const { orphans } = orphansDocument.parse(
      (await hivemind('find-orphans', '--older-than', '0s', '--json')).json(),
    );
    const strays = orphans.filter(({ type }) => type === 'instance').length;
    await hivemind('find-orphans', '--older-than', '0s', '--delete', '--yes');
    expect(strays).toBeLessThanOrEqual(1);
    expect(await bodyOf(url)).toBe('two');
  });
});

describe('orphans', () => {
  test('nothing is removed without --delete and a yes, nothing that is young, and nothing that lives', async () => {
    const url = await deployTwice();
    const folder = home().folder('logs', 'ghost-abc234');
    await mkdir(folder);
    await writeFile(`${folder}/agent.ndjson`, '');
    const young = orphansDocument.parse((await hivemind('find-orphans', '--json')).json());
    expect(young.orphans.map(({ verdict }) => verdict)).toEqual(['too young']);
    const dry = await hivemind('find-orphans', '--older-than', '0s', '--json');
    expect(orphansDocument.parse(dry.json()).orphans).toMatchObject([
      { type: 'log', verdict: 'orphan', deploymentId: 'ghost-abc234' },
    ]);
    const refused = await hivemind('find-orphans', '--older-than', '0s', '--delete', '--json');
    expect([refused.code, errorOf(refused).code]).toEqual([2, 'ConfirmationRequired']);
    const removed = await hivemind('find-orphans', '--older-than', '0s', '--delete', '--yes', '--json');
    expect(orphansRemovedDocument.parse(removed.json())).toMatchObject({
      removed: [{ type: 'log' }],
      left: [],
    });
    expect(await bodyOf(url)).toBe('two');
  });
});
