import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  readArguments,
  readEnvironment,
  readListeningPorts,
  readMemoryBytes,
  readProcess,
  readProcessTable,
  withDescendants,
} from '../../../../src/adapters/local/process-inspection.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
});

async function sleeper(environment: Record<string, string> = {}): Promise<number> {
  const child = spawn('sleep', ['60'], { env: { ...environment, PATH: process.env['PATH'] } });
  children.push(child);
  return waitFor(() => child.pid);
}

async function listenOn(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const withProc = existsSync('/proc/self/stat') ? describe : describe.skip;

withProc('process inspection', () => {
  test('reads a process with its parent', async () => {
    const pid = await sleeper();
    const entry = await readProcess(pid);
    expect(entry).toMatchObject({ pid, parent: process.pid });
    expect(entry?.startTicks).toBeGreaterThan(0);
  });

  test('reads environment and arguments', async () => {
    const pid = await sleeper({ MARK: 'a=b' });
    expect(await waitFor(async () => (await readEnvironment(pid)).get('MARK'))).toBe('a=b');
    expect(await readArguments(pid)).toEqual(['sleep', '60']);
  });

  test('measures memory', async () => {
    expect(await readMemoryBytes(process.pid)).toBeGreaterThan(10_000_000);
  });

  test('knows nothing of a process that is gone', async () => {
    const gone = 2 ** 22 + 1;
    expect(await readProcess(gone)).toBeUndefined();
    expect(await readEnvironment(gone)).toEqual(new Map());
    expect(await readMemoryBytes(gone)).toBe(0);
    expect(await readListeningPorts([gone])).toEqual([]);
  });

  test('lists listening ports of both families', async () => {
    const ports = [await listenOn('127.0.0.1')];
    if (existsSync('/proc/net/if_inet6')) ports.push(await listenOn('::1'));
    expect(await readListeningPorts([process.pid])).toEqual(expect.arrayContaining(ports));
  });

  test('finds descendants', async () => {
    const pid = await sleeper();
    const found = withDescendants(await readProcessTable(), (entry) => entry.pid === process.pid);
    expect(found.map((entry) => entry.pid)).toEqual(expect.arrayContaining([process.pid, pid]));
  });
});

describe('descendants', () => {
  test('include the children of children only', () => {
    const entry = (pid: number, parent: number) => ({ pid, parent, group: 1, startTicks: 0, cpuSeconds: 0 });
    const table = [entry(1, 0), entry(2, 1), entry(3, 2), entry(4, 1), entry(5, 0)];
    const found = withDescendants(table, ({ pid }) => pid === 2);
    expect(found.map(({ pid }) => pid).sort()).toEqual([2, 3]);
  });
});
