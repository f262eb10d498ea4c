import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Check } from '../../../../apps/cli/doctor/check.ts';
import { examineFreeze } from '../../../../apps/cli/doctor/freeze.ts';
import { examineDisk, examineHome } from '../../../../apps/cli/doctor/machine.ts';
import { examineServer, examineState, examineWork } from '../../../../apps/cli/doctor/server.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import { FakeServer } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
});

describe('hivemind doctor', () => {
  test('looks at everything without a server', async () => {
    const session = new TestSession({ home: await temporaryHome() });
    const code = await session.run('doctor', '--json');
    const { checks }: { checks: Check[] } = JSON.parse(session.stdout.text);
    expect(checks.map(({ name }) => name)).toEqual([
      ...['Node', 'git', 'npm', 'python3', 'PostgreSQL', 'sandbox', 'disk', 'home folder', 'ports'],
      ...['server', 'state', 'work folders', 'freeze', 'models'],
    ]);
    expect(code).toBe(checks.some(({ status }) => status === 'fail') ? 1 : 0);
    for (const check of checks) expect(check.mend === null).toBe(check.status === 'ok');
  });

  test('says what fails and how to mend it', async () => {
    const home = await temporaryHome();
    await chmod(home.root, 0o755);
    const session = new TestSession({ home });
    expect(await session.run('doctor')).toBe(1);
    expect(session.stdout.text).toContain(`✗ home folder`);
    expect(session.stdout.text).toContain(`to do: run: chmod 700 ${home.root}`);
    expect(session.stdout.text).toMatch(/^\d+ to mend before deployments work$/m);
  });

  test('fails with git that is not installed', async () => {
    const home = await temporaryHome();
    const session = new TestSession({ home, environment: { PATH: home.root } });
    expect(await session.run('doctor')).toBe(1);
    expect(session.stdout.text).toMatch(/✗ git +it is not installed/);
  });
});

describe('the checks', () => {
  test('accept a home that does not exist yet', async () => {
    const home = await temporaryHome();
    const later = { ...home, root: `${home.root}/not/yet` };
    expect(await examineHome(later, {})).toMatchObject({ status: 'ok' });
    expect(await examineDisk(later, {})).toMatchObject({ detail: expect.stringContaining(home.root) });
  });

  test('find a freeze, also without a server', async () => {
    const home = await temporaryHome();
    expect(await examineFreeze(home, {})).toMatchObject({ status: 'ok' });
    const database = openStateDatabase(home);
    const store = localDeploymentStore({ database, clock: stillClock() });
    expect(await examineFreeze(home, {})).toMatchObject({ status: 'ok' });
    await store.putFreeze({ reason: 'fire', actor: 'ada@desk', at: '2026-01-01T00:00:00.000Z' });
    expect(await examineFreeze(home, {})).toMatchObject({
      status: 'warn',
      detail: 'everything is frozen by ada@desk since 2026-01-01T00:00:00.000Z: fire',
      mend: expect.stringContaining('hivemind resume'),
    });
    database.close();
    await writeFile(home.stateFile, 'damaged');
    expect(await examineFreeze(home, {})).toMatchObject({ status: 'warn' });
  });

  test('find a sound and a damaged state', async () => {
    const home = await temporaryHome();
    expect(await examineState(home, {})).toMatchObject({
      status: 'ok',
      detail: 'nothing has been deployed yet',
    });
    openStateDatabase(home).close();
    expect(await examineState(home, {})).toMatchObject({ status: 'ok' });
    await writeFile(home.stateFile, 'this is not a database, and long enough to be looked at'.repeat(100));
    expect(await examineState(home, {})).toMatchObject({
      status: 'fail',
      mend: expect.stringContaining('backup'),
    });
  });

  test('find work folders that nobody uses', async () => {
    const home = await temporaryHome();
    expect(await examineWork(home, {})).toMatchObject({ status: 'ok' });
    await mkdir(home.folder('work', 'build-1'));
    expect(await examineWork(home, {})).toMatchObject({ status: 'warn' });
    servers.push(await FakeServer.start(home, {}));
    expect(await examineWork(home, {})).toMatchObject({ status: 'ok', detail: '1 in use by the server' });
  });

  test('ask the server how it is', async () => {
    const home = await temporaryHome();
    expect(await examineServer(home, {})).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('none'),
    });
    servers.push(await FakeServer.start(home, {}));
    expect(await examineServer(home, {})).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('healthy'),
    });
  });

  test('notice a server of another version', async () => {
    const home = await temporaryHome();
    const server = await FakeServer.start(home, {});
    servers.push(server);
    const file = { pid: process.pid, url: server.url, version: '9.9.9', startedAt: '2025-01-01' };
    await writeFile(home.serverFile, JSON.stringify(file));
    expect(await examineServer(home, {})).toMatchObject({
      status: 'warn',
      mend: expect.stringContaining('--stop'),
    });
  });
});
