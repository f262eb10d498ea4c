import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { InstanceRecords } from '../../../../../src/adapters/local/supervisor/instance-record.ts';
import type { Instance } from '../../../../../src/ports/instance-commands.ts';
import { isAlive } from '../../../../fixtures/processes.ts';
import {
  artifacts,
  program,
  type Supervision,
  specOf,
  supervision,
} from '../../../../fixtures/supervision.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

const hasProc = existsSync('/proc/self/stat');
const idsOf = (instances: readonly Instance[]): readonly string[] => instances.map(({ id }) => id);

async function created(...args: Parameters<typeof specOf>) {
  const supervised = await supervision();
  const instances = await supervised.supervisor.createInstances('stack', specOf(...args));
  return { ...supervised, instances, ids: idsOf(instances), id: instances[0]?.id ?? '' };
}

async function started(...args: Parameters<typeof specOf>) {
  const supervised = await created(...args);
  await supervised.supervisor.start(supervised.ids);
  return supervised;
}

const said = ({ lines }: Supervision, text: string): boolean => lines.some((line) => line.text === text);
const leaderOf = ({ database }: Supervision): number =>
  new InstanceRecords(database).all()[0]?.leader?.pid ?? Number.NaN;
const firstOf = async ({ supervisor }: Supervision): Promise<Instance | undefined> =>
  (await supervisor.list('stack'))[0];

describe('creating instances', () => {
  test('makes a folder and a port for each', async () => {
    const { home, instances } = await created('server.js', { count: 2, exposed: true });
    expect(new Set(instances.map(({ port }) => port)).size).toBe(2);
    for (const { id } of instances) {
      expect(id).toMatch(/^i-[0-9a-f]{10}$/);
      expect((await readdir(home.folder('instances', id))).sort()).toEqual(['app', 'home', 'tmp']);
    }
  });

  test('gives an application the port that it insists on, and takes it back with the instance', async () => {
    const port = 31_190;
    const processes = [{ name: 'web', command: program('server.js'), exposed: true, port, count: 1 }];
    const { supervisor, instances, ids, id } = await started('server.js', { processes });
    expect(instances[0]?.port).toBe(port);
    await waitFor(async () => (await supervisor.listeningPorts(id)).includes(port));
    await expect(
      supervisor.createInstances('other', specOf('server.js', { processes })),
    ).rejects.toMatchObject({ code: 'PortInUse' });
    expect(idsOf(await supervisor.createInstances('stack', specOf('server.js', { processes })))).toEqual(ids);
    await supervisor.removeInstances('stack');
    const [other] = await supervisor.createInstances('other', specOf('server.js', { processes }));
    expect(other?.port).toBe(port);
  });

  test('gives the same instances the second time', async () => {
    const { supervisor, instances, id } = await started('server.js', { count: 2, exposed: true });
    const again = await supervisor.createInstances('stack', specOf('server.js', { count: 2, exposed: true }));
    expect(idsOf(again)).toEqual(idsOf(instances));
    expect(again.map(({ port }) => port)).toEqual(instances.map(({ port }) => port));
    expect(again.find((instance) => instance.id === id)?.state).toBe('running');
  });

  test('replaces what is specified differently', async () => {
    const supervised = await started('wait.js', { count: 2 });
    const pid = leaderOf(supervised);
    const spec = specOf('wait.js', { count: 1, variables: { HIVEMIND_RELEASE: '8' } });
    expect(await supervised.supervisor.createInstances('stack', spec)).toMatchObject([{ state: 'stopped' }]);
    expect(isAlive(pid)).toBe(false);
    expect(await readdir(supervised.home.folder('instances'))).toHaveLength(1);
  });

  test('fails with ArtifactNotFound and leaves nothing', async () => {
    const { supervisor, home, database } = await supervision({ ports: { first: 31_300, last: 31_300 } });
    const spec = specOf('server.js', { exposed: true });
    const failure = supervisor.createInstances('stack', { ...spec, artifact: 'gone' });
    await expect(failure).rejects.toMatchObject({ code: 'ArtifactNotFound' });
    expect(await readdir(home.folder('instances'))).toEqual([]);
    expect(new InstanceRecords(database).all()).toEqual([]);
    expect(await supervisor.createInstances('stack', spec)).toHaveLength(1);
  });

  test('fails with Cancelled and leaves nothing', async () => {
    const abort = new AbortController();
    const unpack = async (id: string, directory: string): Promise<void> => {
      await artifacts.unpack(id, directory);
      abort.abort();
    };
    const { supervisor, home } = await supervision({ artifacts: { unpack } });
    const failure = supervisor.createInstances('stack', specOf('wait.js', { count: 3 }), {
      signal: abort.signal,
    });
    await expect(failure).rejects.toMatchObject({ code: 'Cancelled' });
    expect(await readdir(home.folder('instances'))).toEqual([]);
    expect(await supervisor.list('stack')).toEqual([]);
  });

  test('fails with InvalidInput for a root outside', async () => {
    const { supervisor } = await supervision();
    const failure = supervisor.createInstances('stack', specOf('wait.js', { root: '../../..' }));
    await expect(failure).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  test('is undone by removing them', async () => {
    const supervised = await started('server.js', { count: 2, exposed: true });
    const { supervisor, home, id } = supervised;
    const pid = leaderOf(supervised);
    await supervisor.removeInstances('stack');
    await supervisor.removeInstances('stack');
    expect(isAlive(pid)).toBe(false);
    expect(await supervisor.list('stack')).toEqual([]);
    expect(await readdir(home.folder('instances'))).toEqual([]);
    await expect(supervisor.start([id])).rejects.toMatchObject({ code: 'InstanceNotFound' });
  });
});

describe('environment of an instance', () => {
  async function environmentOf(spec: Parameters<typeof specOf>[1]): Promise<Record<string, string>> {
    const supervised = await started('environment.js', spec);
    const { text } = await waitFor(() => supervised.lines.find((line) => line.text.startsWith('{')));
    return JSON.parse(text) as Record<string, string>;
  }

  test('has nothing of the environment of the server', async () => {
    process.env['PLANTED_SECRET'] = 'not for applications';
    try {
      const environment = await environmentOf({});
      expect(Object.keys(environment).filter((name) => name.includes('PLANTED'))).toEqual([]);
      expect(environment).toMatchObject({ NODE_ENV: 'production', HIVEMIND_RELEASE: '7', TZ: 'UTC' });
      expect(environment['HOME']).toMatch(/instances\/i-[0-9a-f]{10}\/home$/);
      expect(environment['TMPDIR']).toMatch(/instances\/i-[0-9a-f]{10}\/tmp$/);
      expect(environment['PATH']).toMatch(/^[^:]+\/app\/node_modules\/\.bin:/);
      expect(environment['PORT']).toBeUndefined();
    } finally {
      delete process.env['PLANTED_SECRET'];
    }
  });

  test('has secrets, the operator winning', async () => {
    const environment = await environmentOf({
      exposed: true,
      databaseSecret: 'secret:database',
      environmentSecret: 'secret:environment',
    });
    expect(environment).toMatchObject({
      DATABASE_URL: 'postgres://from-database',
      TOKEN: 't',
      NODE_ENV: 'staging',
    });
    expect(environment['PORT']).not.toBe('1');
    expect(environment['HIVEMIND_OWNER']).not.toBe('x');
    expect(environment['HIVEMIND_INSTANCE']).toMatch(/^i-/);
  });

  test('fails with SecretNotFound at the start', async () => {
    const { supervisor, ids } = await created('wait.js', { environmentSecret: 'secret:gone' });
    await expect(supervisor.start(ids)).rejects.toMatchObject({ code: 'SecretNotFound' });
    expect(await supervisor.list('stack')).toMatchObject([{ state: 'failed' }]);
  });
});

describe('an instance that exits', () => {
  test('is told at once and started again', async () => {
    const supervised = await started('wait.js');
    await waitFor(() => said(supervised, 'ready'));
    process.kill(leaderOf(supervised), 'SIGKILL');
    await waitFor(() => supervised.exits.length > 0);
    expect(supervised.exits).toMatchObject([
      { state: 'backing-off', restarts: 0, lastExit: { code: null, signal: 'SIGKILL' } },
    ]);
    await waitFor(async () => (await firstOf(supervised))?.state === 'running');
    expect(await firstOf(supervised)).toMatchObject({ restarts: 1 });
  });

  test('fails after a few quick starts', async () => {
    const supervised = await started('fail.js');
    await waitFor(async () => (await firstOf(supervised))?.state === 'failed');
    expect(supervised.exits).toHaveLength(5);
    expect(await firstOf(supervised)).toMatchObject({ restarts: 4, lastExit: { code: 3 } });
    await waitFor(() =>
      said(supervised, '[hivemind] the process exited with code 3; it is not started again'),
    );
  });

  test('may be started again after it failed', async () => {
    const supervised = await started('fail.js');
    await waitFor(async () => (await firstOf(supervised))?.state === 'failed');
    await supervised.supervisor.start(supervised.ids);
    await waitFor(() => supervised.exits.length > 5);
  });

  test('is not started again after a stop', async () => {
    const supervised = await supervision({ timing: { firstDelayMilliseconds: 60_000 } });
    const { supervisor } = supervised;
    const ids = idsOf(await supervisor.createInstances('stack', specOf('fail.js')));
    await supervisor.start(ids);
    await waitFor(async () => (await firstOf(supervised))?.state === 'backing-off');
    await supervisor.stop(ids);
    expect(await firstOf(supervised)).toMatchObject({ state: 'stopped', restarts: 0 });
  });

  test('counts no more once started anew', async () => {
    const supervised = await started('wait.js');
    const { supervisor, ids } = supervised;
    process.kill(leaderOf(supervised), 'SIGKILL');
    expect(await supervisor.firstExit(ids, { patienceSeconds: 20 })).toBeDefined();
    await waitFor(async () => (await firstOf(supervised))?.state === 'running');
    await supervisor.start(ids);
    expect(await supervisor.firstExit(ids, { patienceSeconds: 0 })).toBeUndefined();
  });

  test('leaves nothing of its family behind', async () => {
    const supervised = await started('family.js');
    const family = await familyOf(supervised);
    process.kill(leaderOf(supervised), 'SIGKILL');
    await waitFor(() => !isAlive(family.child) && !isAlive(family.grandchild));
    if (hasProc) await waitFor(() => !isAlive(family.daemon));
    endFamily(family);
  });

  test('fails with ToolMissing for an unknown program', async () => {
    const { supervisor } = await supervision();
    const [process] = specOf('wait.js').processes;
    const command = { kind: 'argv', argv: ['no-such-program'] } as const;
    const spec = { ...specOf('wait.js'), processes: process ? [{ ...process, command }] : [] };
    const ids = idsOf(await supervisor.createInstances('stack', spec));
    await expect(supervisor.start(ids)).rejects.toMatchObject({ code: 'ToolMissing' });
  });

  test('fails with InstanceNotFound when its files are gone', async () => {
    const { supervisor, home, id } = await created('wait.js');
    await rm(home.folder('instances', id, 'app'), { recursive: true });
    await expect(supervisor.start([id])).rejects.toMatchObject({ code: 'InstanceNotFound' });
  });
});

type Family = Record<'child' | 'grandchild' | 'daemon' | 'bare', number>;

/** Process ids of what `family.js` starts: two that stay in its group, a daemon, and one without our environment. */
async function familyOf(supervised: Supervision): Promise<Family> {
  await waitFor(() => said(supervised, 'ready'));
  const pidOf = (name: keyof Family): number =>
    Number(supervised.lines.find(({ text }) => text.startsWith(`${name} `))?.text.split(' ')[1]);
  await waitFor(() => pidOf('grandchild'));
  return {
    child: pidOf('child'),
    grandchild: pidOf('grandchild'),
    daemon: pidOf('daemon'),
    bare: pidOf('bare'),
  };
}

/** Without /proc daemons cannot be found: the test ends them. */
function endFamily(family: Family): void {
  for (const pid of Object.values(family)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

describe('stopping', () => {
  test('ends what ignores SIGTERM after the grace time', async () => {
    const supervised = await supervision({ timing: { graceMilliseconds: 100 } });
    const { supervisor } = supervised;
    const ids = idsOf(await supervisor.createInstances('stack', specOf('stubborn.js')));
    await supervisor.start(ids);
    await waitFor(() => said(supervised, 'ready'));
    await supervisor.stop(ids);
    expect(said(supervised, 'no')).toBe(true);
    expect(await firstOf(supervised)).toMatchObject({ state: 'stopped', lastExit: { signal: 'SIGKILL' } });
  });

  (hasProc ? test : test.skip)('ends daemons that left the group', async () => {
    const supervised = await started('family.js');
    const family = await familyOf(supervised);
    await supervised.supervisor.stop(supervised.ids);
    expect(Object.values(family).filter(isAlive)).toEqual([]);
  });

  test('tells exits that were asked for, too', async () => {
    const { supervisor, ids, exits } = await started('wait.js');
    await supervisor.stop(ids);
    expect(exits).toMatchObject([{ state: 'stopped' }]);
  });
});

describe('one-off commands', () => {
  const hang = { timeoutSeconds: 60 };

  test('have the environment of the application', async () => {
    const supervised = await created('wait.js', { databaseSecret: 'secret:database' });
    const command = { kind: 'shell', line: 'echo "$DATABASE_URL in $PWD"' } as const;
    const { logTail } = await supervised.supervisor.run(supervised.id, command, hang);
    expect(logTail[0]).toMatch(/^postgres:\/\/from-database in .*\/app$/);
    expect(supervised.lines).toMatchObject([{ source: 'instance', name: supervised.id, text: logTail[0] }]);
  });

  test('leave nothing running, nor end the application', async () => {
    const supervised = await started('wait.js');
    const command = { kind: 'shell', line: 'sleep 60 >&- 2>&- & echo $!' } as const;
    const { exitCode, logTail } = await supervised.supervisor.run(supervised.id, command, hang);
    expect(exitCode).toBe(0);
    expect(isAlive(Number(logTail[0]))).toBe(false);
    expect(await firstOf(supervised)).toMatchObject({ state: 'running', restarts: 0 });
    expect(isAlive(leaderOf(supervised))).toBe(true);
  });

  test('end with their whole group when timed out', async () => {
    const supervised = await created('wait.js');
    const run = supervised.supervisor.run(supervised.id, program('family.js'), { timeoutSeconds: 0.7 });
    const family = await familyOf(supervised);
    await expect(run).rejects.toMatchObject({
      code: 'StageTimedOut',
      logTail: expect.arrayContaining(['ready']),
    });
    expect([isAlive(family.child), isAlive(family.grandchild)]).toEqual([false, false]);
    if (hasProc) expect([isAlive(family.daemon), isAlive(family.bare)]).toEqual([false, false]);
    endFamily(family);
  });

  test('end when the instance is removed', async () => {
    const supervised = await created('wait.js');
    const run = supervised.supervisor.run(supervised.id, program('wait.js'), hang);
    const failure = expect(run).rejects.toMatchObject({ code: 'Cancelled' });
    await waitFor(() => said(supervised, 'ready'));
    await supervised.supervisor.removeInstances('stack');
    await failure;
  });
});

describe('usage', () => {
  test('is measured for what runs', async () => {
    const supervised = await started('server.js', { exposed: true });
    await waitFor(() => said(supervised, 'ready'));
    const usage = await supervised.supervisor.usage(supervised.id);
    if (hasProc) {
      expect(usage.memoryBytes).toBeGreaterThan(10_000_000);
      expect(usage.cpuPercent).toBeGreaterThan(0);
      expect(await supervised.supervisor.usage(supervised.id)).toEqual(usage);
    }
    await supervised.supervisor.stop(supervised.ids);
    expect(await supervised.supervisor.usage(supervised.id)).toEqual({ cpuPercent: null, memoryBytes: null });
  });
});

describe('closing and restoring', () => {
  test('starts again what should run', async () => {
    const first = await started('server.js', { count: 2, exposed: true });
    await first.supervisor.stop(first.ids.slice(1));
    await first.supervisor.close();
    const { supervisor } = await supervision(first);
    await supervisor.restore();
    const instances = await supervisor.list('stack');
    expect(instances.map(({ state }) => state)).toEqual(['running', 'stopped']);
    expect(instances.map(({ port }) => port)).toEqual(first.instances.map(({ port }) => port));
  });

  test('starts nothing after closing', async () => {
    const { supervisor, ids } = await created('wait.js');
    await supervisor.close();
    await expect(supervisor.start(ids)).rejects.toMatchObject({ code: 'Cancelled' });
  });

  test('tries again what cannot be started', async () => {
    const first = await started('wait.js', { databaseSecret: 'secret:database' });
    await first.supervisor.close();
    await rm(first.home.folder('instances', first.id, 'app'), { recursive: true });
    const second = await supervision({ ...first, timing: { firstDelayMilliseconds: 60_000 } });
    await second.supervisor.restore();
    expect(await firstOf(second)).toMatchObject({ state: 'backing-off' });
  });
});
