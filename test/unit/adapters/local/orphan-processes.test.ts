import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Home } from '../../../../src/adapters/local/home.ts';
import {
  endOrphanProcesses,
  findOwnedProcesses,
  INSTANCE_VARIABLE,
} from '../../../../src/adapters/local/orphan-processes.ts';
import { ProcessGroup, scrubbedEnvironment } from '../../../../src/adapters/local/process-group.ts';
import { readProcess } from '../../../../src/adapters/local/process-inspection.ts';
import { isAlive } from '../../../fixtures/processes.ts';
import { PROGRAMS, supervision } from '../../../fixtures/supervision.ts';
import { temporaryFolder, temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const HOST = join(import.meta.dirname, '../../../fixtures/supervisor-host.ts');
const pids: number[] = [];
const hosts: ChildProcess[] = [];
afterEach(() => {
  for (const pid of pids.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  for (const host of hosts.splice(0)) host.kill('SIGKILL');
});

/** Starts `sleep` through a parent that ends: nothing of it descends from this process any more. */
async function orphan(environment: Record<string, string>): Promise<number> {
  const script = `const { spawn } = require('node:child_process');
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }); child.unref(); console.log(child.pid);`;
  const parent = spawn(process.execPath, ['-e', script], {
    env: { ...scrubbedEnvironment(), ...environment },
  });
  let output = '';
  parent.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => parent.once('close', resolve));
  const pid = Number(output);
  pids.push(pid);
  return pid;
}

const marked = (home: Home, instance?: string): Record<string, string> => ({
  HIVEMIND_OWNER: home.owner,
  ...(instance !== undefined && { [INSTANCE_VARIABLE]: instance }),
});

const withProc = existsSync('/proc/self/stat') ? describe : describe.skip;

withProc('orphan processes', () => {
  test('are found by their marker', async () => {
    const [home, other] = [await temporaryHome(), await temporaryHome()];
    const pid = await orphan(marked(home, 'i-1'));
    await orphan(marked(other));
    expect(await findOwnedProcesses(home)).toEqual([{ pid, instance: 'i-1', argv: ['sleep', '60'] }]);
  });

  test('are ended, those of others are not', async () => {
    const [home, other] = [await temporaryHome(), await temporaryHome()];
    const [own, foreign, unmarked] = [
      await orphan(marked(home)),
      await orphan(marked(other)),
      await orphan({}),
    ];
    await endOrphanProcesses(home);
    expect([own, foreign, unmarked].map(isAlive)).toEqual([false, true, true]);
  });

  test('may be limited to instances, with exceptions', async () => {
    const home = await temporaryHome();
    const [instance, excepted, build] = [
      await orphan(marked(home, 'i-1')),
      await orphan(marked(home, 'i-2')),
      await orphan(marked(home)),
    ];
    await endOrphanProcesses(home, { instancesOnly: true, except: [excepted] });
    expect([instance, excepted, build].map(isAlive)).toEqual([false, true, true]);
  });

  test('do not include what this process runs', async () => {
    const home = await temporaryHome();
    const options = { home, argv: ['sleep', '60'], directory: home.root, environment: scrubbedEnvironment() };
    const group = await ProcessGroup.start(options);
    await endOrphanProcesses(home);
    expect(isAlive(group.pid)).toBe(true);
    await group.stop(0);
  });

  test('are known by start time without a marker', async () => {
    const home = await temporaryHome();
    const [same, reused] = [await orphan({}), await orphan({})];
    const startTicks = (await readProcess(same))?.startTicks ?? null;
    const startedAt = new Date().toISOString();
    await endOrphanProcesses(home, {
      leaders: [
        { pid: same, startTicks, startedAt },
        { pid: reused, startTicks: 1, startedAt },
      ],
    });
    expect([same, reused].map(isAlive)).toEqual([false, true]);
  });
});

withProc('a supervisor whose server was killed', () => {
  test('ends the orphans and starts one set', async () => {
    const home = await temporaryHome();
    const file = join(await temporaryFolder(), 'server.js');
    await writeFile(file, PROGRAMS['server.js'] ?? '');
    const host = spawn(process.execPath, [HOST, home.root, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    hosts.push(host);
    await new Promise((resolve) => host.stdout.once('data', resolve));
    const before = (await findOwnedProcesses(home)).map(({ pid }) => pid);
    expect(before).toHaveLength(2);
    host.kill('SIGKILL');
    await writeFile(home.folder('instances', 'half-made'), '');

    const { supervisor } = await supervision({ home });
    await supervisor.restore();
    expect(before.filter(isAlive)).toEqual([]);
    const after = await findOwnedProcesses(home);
    const instances = await supervisor.list('stack');
    expect(after.map(({ instance }) => instance).sort()).toEqual(instances.map(({ id }) => id).sort());
    expect(instances.map(({ state, restarts }) => [state, restarts])).toEqual([
      ['running', 0],
      ['running', 0],
    ]);
    for (const { id, port } of instances) {
      const answer = () => fetch(`http://127.0.0.1:${port}`).then((response) => response.text());
      expect(await waitFor(() => answer().catch(() => undefined))).toBe(id);
    }
    expect(await readdir(home.folder('instances'))).toHaveLength(2);
  });
});
