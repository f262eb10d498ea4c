import { afterEach, describe, expect, test } from '@jest/globals';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import {
  homeOfSuite,
  ownedProcesses,
  runCli,
  startCli,
  startServer,
  stopServer,
} from '../fixtures/hivemind-cli.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const home = homeOfSuite();
const hivemind = (...args: readonly string[]) => runCli(args, { home: home() });
const app = (build: string) => ({
  'package.json': JSON.stringify({ scripts: { build, start: 'node server.js' } }),
  'server.js': "require('node:http').createServer((q, s) => s.end('here')).listen(process.env.PORT);",
});

describe('a killed server', () => {
  afterEach(async () => {
    for (const name of ['phoenix', 'patient', 'data']) await hivemind('destroy', name, '--confirm', name);
    await stopServer(home());
  }, 30_000);

  test('comes back with what it ran, once', async () => {
    const server = await startServer({ home: home() });
    const repository = await gitRepository(app('node --version'));
    const deployed = await hivemind(
      'deploy',
      repository.folder,
      '--name',
      'phoenix',
      '--port',
      '9431',
      '--json',
    );
    const { deployment } = deploymentDocument.parse(deployed.json());
    await server.kill();
    const next = await startServer({ home: home() });
    await waitFor(() =>
      fetch(deployment.url ?? '').then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const running = (await ownedProcesses(home())).filter(({ command }) => command.includes('server.js'));
    expect(running).toHaveLength(2);
    expect(next.pid).not.toBe(server.pid);
  }, 60_000);

  test('is replaced by a client that waits', async () => {
    const server = await startServer({ home: home() });
    const repository = await gitRepository(app('node -e "setTimeout(() => {}, 1500)"'));
    // While no server listens there, the usual one may be taken by another home.
    const order = ['deploy', repository.folder, '--name', 'patient', '--port', '9432', '--json'];
    const waiting = startCli(order, { home: home() });
    let document = '';
    let errors = '';
    waiting.stdout?.on('data', (text) => (document += text));
    waiting.stderr?.on('data', (text) => (errors += text));
    const ended = new Promise<number | null>((resolve) => waiting.once('close', resolve));
    await waitFor(async () =>
      (await ownedProcesses(home())).some(({ command }) => command.includes('setTimeout')),
    );
    await server.kill();
    expect({ code: await ended, errors }).toMatchObject({ code: 0 });
    const { deployment } = deploymentDocument.parse(JSON.parse(document));
    expect(deployment).toMatchObject({ status: 'ACTIVE', release: { number: 1 } });
    expect(await (await fetch(deployment.url ?? '')).text()).toBe('here');
    const building = (await ownedProcesses(home())).filter(({ command }) => command.includes('setTimeout'));
    expect(building).toEqual([]);
  }, 60_000);

  test('leaves PostgreSQL to be restarted when that is killed', async () => {
    const repository = await gitRepository({
      ...app('node --version'),
      '.env.example': 'DATABASE_URL=postgres://localhost/app\n',
    });
    const deployed = await hivemind('deploy', repository.folder, '--name', 'data', '--stage-1', '--json');
    const { deployment } = deploymentDocument.parse(deployed.json());
    expect(deployment.verification.map(({ id }) => id)).toContain('database');
    const postmaster = async () =>
      (await ownedProcesses(home())).find(({ command }) => /bin\/postgres -D/.test(command))?.pid;
    const killed = await postmaster();
    if (killed === undefined) throw new Error('no PostgreSQL runs');
    process.kill(killed, 'SIGKILL');
    await waitFor(async () => ![undefined, killed].includes(await postmaster()), {
      what: 'another postmaster',
    });
    const again = await hivemind('deploy', repository.folder, '--name', 'data', '--stage-1', '--json');
    expect(again.code).toBe(0);
  }, 60_000);
});
