import { createReadStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { INSTANCE_PROGRAM } from '../../src/contracts/instance-program.ts';
import type { InstanceRelease } from '../../src/domain/instance-release.ts';
import { machineForEach, SERVER, WEB } from '../fixtures/instance/machine-for-each.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const machine = machineForEach();

/** Where archives are read from: an address of the artifact bucket. */
let store: Server;
let reads = 0;
beforeAll(async () => {
  store = createServer((request, response) => {
    reads += 1;
    const file = createReadStream(machine().artifactFile((request.url ?? '/').slice(1)));
    file.on('error', () => response.writeHead(403).end());
    file.pipe(response);
  });
  await new Promise<void>((resolve) => void store.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  store.close();
});

const addressOf = (artifact: string) =>
  `http://127.0.0.1:${(store.address() as AddressInfo).port}/${artifact}`;

function releaseOf(number: number, artifact: string, change: Partial<InstanceRelease> = {}): InstanceRelease {
  const processes = [{ ...WEB, count: 2 }];
  const secrets = { environmentSecret: null, databaseSecret: null };
  const facts = { color: 'blue', commit: 'fedcba9', root: '.', runtime: 'node', traces: false } as const;
  return { ...facts, ...secrets, number, artifact, processes, ...change };
}

const install = (release: InstanceRelease, address = addressOf(release.artifact)) =>
  machine().call('install', { release, address });
const status = async () => INSTANCE_PROGRAM.status.answer.parse(await machine().call('status'));
const environment = async () =>
  JSON.parse(
    await waitFor(() =>
      machine()
        .ask()
        .catch(() => ''),
    ),
  ) as Record<string, string>;
const nextApplication = () =>
  machine().setApplication({ 'server.js': `${SERVER} console.log('next');`, 'next.txt': 'new' });

/** A machine with release 7, stopped, and the artifact of release 8 in the store. */
async function stoppedMachine() {
  const former = machine().artifact;
  await machine().boot();
  const next = await nextApplication();
  await machine().call('stop');
  return { former, next };
}

describe('another release on an instance', () => {
  test('takes the place of a stopped one, with its own variables, and gives it back without a download', async () => {
    const { former, next } = await stoppedMachine();
    expect((await status()).release).toBe(7);
    const environmentSecret = await machine().storeSecret('environment-2', { API_KEY: 'secret-of-8' });
    const release = releaseOf(8, next, { environmentSecret });
    expect(await install(release)).toEqual({ finished: true });
    expect(await status()).toMatchObject({ release: 8, processes: [{ name: 'web', state: 'stopped' }] });
    const before = reads;
    expect(await install(release)).toEqual({ finished: true });
    await machine().call('start');
    expect(await environment()).toMatchObject({
      HIVEMIND_RELEASE: '8',
      HIVEMIND_COMMIT: 'fedcba9',
      API_KEY: 'secret-of-8',
    });
    expect(await machine().file('opt/hivemind/release/files/next.txt')).toBe('new');
    await machine().call('stop');
    expect(await install(releaseOf(7, former), 'http://127.0.0.1:1/')).toEqual({ finished: true });
    await machine().call('start');
    const back = await environment();
    expect(back['HIVEMIND_RELEASE']).toBe('7');
    expect(back).not.toHaveProperty('API_KEY');
    expect(reads).toBe(before);
    expect((await readdir(join(machine().root, 'opt/hivemind/releases'))).sort()).toEqual(
      [former, next].sort(),
    );
  });

  test('does not take the place of one that runs', async () => {
    await machine().boot();
    const next = await nextApplication();
    expect(await install(releaseOf(8, next))).toEqual({
      error: expect.stringContaining('the process web runs'),
    });
    expect(await status()).toMatchObject({ release: 7, processes: [{ state: 'running' }] });
  });

  test('is installed once when it is asked for by several', async () => {
    const { next } = await stoppedMachine();
    const answers = await Promise.all([install(releaseOf(8, next)), install(releaseOf(8, next))]);
    expect(answers).toContainEqual({ finished: true });
    expect(await install(releaseOf(8, next))).toEqual({ finished: true });
    expect((await status()).release).toBe(8);
  });

  test('is installed although a process died while it was at it', async () => {
    const { next } = await stoppedMachine();
    await writeFile(join(machine().root, 'var/lib/hivemind/replacing'), '4194305');
    expect(await install(releaseOf(8, next))).toEqual({ finished: true });
  });

  test('leaves the one that is there when its archive is not what was built, or not there', async () => {
    const { next } = await stoppedMachine();
    const other = `sha256-${'0'.repeat(64)}`;
    expect(await install(releaseOf(8, other), addressOf(next))).toEqual({
      error: expect.stringContaining(`the artifact ${other} is not what was built: its checksum is ${next}`),
    });
    expect(await install(releaseOf(9, other))).toEqual({
      error: expect.stringMatching(/cannot be fetched: .*(403|broke off)/),
    });
    expect((await status()).release).toBe(7);
    await machine().call('start');
    expect(await environment()).toMatchObject({ HIVEMIND_RELEASE: '7' });
  });

  test('tells the next who asks why it failed, and only that one', async () => {
    const { next } = await stoppedMachine();
    const wrong = releaseOf(8, `sha256-${'0'.repeat(64)}`);
    const first = await install(wrong, addressOf(next));
    const before = reads;
    expect(await install(wrong, addressOf(next))).toEqual(first);
    expect(reads).toBe(before);
    await install(wrong, addressOf(next));
    expect(reads).toBe(before + 1);
  });

  test('holds nothing but what belongs in an artifact', async () => {
    await stoppedMachine();
    const folder = join(machine().root, 'stand-ins/evil');
    await mkdir(join(folder, 'etc'), { recursive: true });
    await writeFile(join(folder, 'etc/passwd'), 'x');
    const evil = await machine().storeArtifact(folder);
    expect(await install(releaseOf(8, evil))).toEqual({
      error: expect.stringContaining('has an entry that does not belong there'),
    });
    expect((await status()).release).toBe(7);
  });
});
