import { readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { INSTANCE_PROGRAM, MAX_ANSWER_CHARACTERS } from '../../src/contracts/instance-program.ts';
import { never, temporaryClusters } from '../fixtures/databases.ts';
import { freePort } from '../fixtures/free-port.ts';
import { machineForEach, SERVER, WEB } from '../fixtures/instance/machine-for-each.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const machine = machineForEach();
const WORKER = { name: 'worker', command: { kind: 'shell', line: 'sleep 600' }, exposed: false } as const;
const SECRET = 'a-secret-of-the-operator';

const statusOf = async (verb: 'start' | 'stop' | 'status' = 'status') =>
  INSTANCE_PROGRAM.status.answer.parse(await machine().call(verb)).processes;
const run = async (payload: object) =>
  INSTANCE_PROGRAM.run.answer.parse(await machine().call('run', payload));
const shell = (line: string) => ({
  command: { kind: 'shell', line },
  timeoutSeconds: 60,
  patienceSeconds: 20,
});

async function bootWithSecret(): Promise<void> {
  machine().set({ ENVIRONMENT_SECRET: await machine().storeSecret('environment', { API_KEY: SECRET }) });
  await machine().boot();
}

describe('an application that insists on a port of its own', () => {
  const insisting = async (): Promise<number> => {
    const port = await freePort();
    await machine().setApplication({ 'server.js': SERVER.replace('process.env.PORT', String(port)) });
    machine().setProcesses([{ ...WEB, port }]);
    return port;
  };

  test('is reached on the port of the load balancer, for as long as it is to run', async () => {
    const port = await insisting();
    expect((await machine().boot()).exitCode).toBe(0);
    expect(JSON.parse(await machine().ask())).toMatchObject({ PORT: String(port) });
    expect((await machine().call('ports'))['ports']).toEqual([port]);
    await statusOf('stop');
    await expect(machine().ask()).rejects.toThrow();
    await statusOf('start');
    await waitFor(() =>
      machine()
        .ask()
        .catch(() => undefined),
    );
  });

  test('does not count as started while it listens elsewhere', async () => {
    const port = await insisting();
    machine().setProcesses([{ ...WEB, port: port + 1 }]);
    expect((await machine().boot()).exitCode).not.toBe(0);
    expect(await machine().file('var/lib/hivemind/boot-failure')).toContain(
      `listens on port ${port} instead of the port it was given in PORT (${port + 1})`,
    );
  });
});

describe('the processes', () => {
  test('are stopped and started again, and stay what they are when asked twice', async () => {
    machine().setProcesses([WEB, WORKER]);
    await machine().boot();
    expect(await statusOf()).toEqual([
      { name: 'web', exposed: true, state: 'running', restarts: 0, lastExit: null },
      { name: 'worker', exposed: false, state: 'running', restarts: 0, lastExit: null },
    ]);
    await statusOf('stop');
    const stopped = await statusOf('stop');
    expect(stopped.map(({ state, lastExit }) => [state, lastExit?.signal])).toEqual([
      ['stopped', 'SIGTERM'],
      ['stopped', 'SIGTERM'],
    ]);
    await expect(machine().ask()).rejects.toThrow();
    await statusOf('start');
    const again = await statusOf('start');
    expect(again).toEqual([
      { name: 'web', exposed: true, state: 'running', restarts: 0, lastExit: null },
      { name: 'worker', exposed: false, state: 'running', restarts: 0, lastExit: null },
    ]);
    await waitFor(async () => (await machine().call('ports'))['ports'], { what: 'the port' });
  });

  test('say how they ended last, and the log is theirs since the last start', async () => {
    await machine().setApplication({
      'server.js': `${SERVER} process.on('SIGUSR2', () => process.exit(3));`,
    });
    await machine().boot();
    const pid = (
      await machine().file('sys/fs/cgroup/system.slice/hivemind-process-web.service/cgroup.procs')
    ).trim();
    await waitFor(async () => {
      process.kill(Number(pid), 'SIGUSR2');
      return (await statusOf())[0]?.lastExit;
    });
    const [web] = await statusOf();
    expect(web).toMatchObject({ lastExit: { code: 3, signal: null } });
    expect(Date.parse(web?.lastExit?.at ?? '')).not.toBeNaN();
    await waitFor(async () => (await statusOf())[0]?.restarts === 1);
    await statusOf('stop');
    await statusOf('start');
    await waitFor(async () => String((await machine().call('logs', { lines: 50 }))['lines']) === 'listening');
  });
});

describe('a command', () => {
  test('runs once with the environment of the application, also when it is asked for again', async () => {
    await bootWithSecret();
    const payload = {
      ...shell('echo run >>runs.txt; echo "$NODE_ENV $PORT $API_KEY"; exit 4'),
      token: 'migrate-1',
    };
    const [first, second] = await Promise.all([run(payload), run(payload)]);
    expect(first).toEqual({
      finished: true,
      exitCode: 4,
      signal: null,
      timedOut: false,
      logTail: [`production ${machine().port} [redacted]`],
    });
    expect(second).toEqual(first);
    expect(await run(payload)).toEqual(first);
    expect(await machine().file('opt/hivemind/release/files/runs.txt')).toBe('run\n');
    expect(await machine().file('var/log/hivemind/commands.log')).toContain('production');
  });

  test('goes on while nobody waits', async () => {
    await machine().boot();
    const payload = {
      ...shell('until [ -e go ]; do sleep 0.05; done; echo done'),
      token: 't',
      patienceSeconds: 0,
    };
    expect(await run(payload)).toEqual({ finished: false });
    expect(await run(payload)).toEqual({ finished: false });
    expect(await run({ ...shell('touch go'), token: 'another' })).toMatchObject({ exitCode: 0 });
    expect(await run({ ...payload, patienceSeconds: 20 })).toMatchObject({
      finished: true,
      logTail: ['done'],
    });
  });

  test('is ended when its time is over', async () => {
    await machine().boot();
    const answer = await run({ ...shell('sleep 600'), timeoutSeconds: 0.2, token: 't' });
    expect(answer).toMatchObject({ finished: true, timedOut: true, signal: 'SIGTERM' });
  });

  test('that the machine forgot is not run again', async () => {
    await machine().boot();
    const payload = { ...shell('echo once'), token: 't' };
    await run(payload);
    const folder = join(machine().root, 'var/lib/hivemind/runs');
    const [id = ''] = await readdir(folder);
    await rm(join(folder, id, 'end'));
    await rm(machine().book(`units/hivemind-command-${id}.service`));
    expect(await run(payload)).toMatchObject({ finished: true, exitCode: null, signal: 'SIGKILL' });
  });
});

describe('what can be asked', () => {
  test('the ports on which the application listens', async () => {
    await machine().boot();
    expect(await machine().call('ports')).toEqual({ ports: [machine().port] });
  });

  test('what an auditor would look for', async () => {
    await bootWithSecret();
    const { observation } = INSTANCE_PROGRAM.inspect.answer.parse(await machine().call('inspect'));
    expect(observation).toMatchObject({
      secretFileModes: [{ file: join(machine().root, 'etc/hivemind/environment'), mode: 0o600 }],
      processArgumentsHoldSecret: false,
      runsAsRoot: process.getuid?.() === 0,
    });
    expect(observation?.environmentNames.intended).toEqual(
      expect.arrayContaining(observation?.environmentNames.present ?? ['never']),
    );
    expect(observation?.environmentNames.present).toContain('API_KEY');
    await machine().call('stop');
    expect(await machine().call('inspect')).toEqual({ observation: null });
  });

  test('the log, as much of it as an answer has room for, without secrets', async () => {
    await machine().setApplication({
      'server.js': `for (let i = 0; i < 300; i++) console.log(i, process.env.API_KEY, '"'.repeat(150)); ${SERVER}`,
    });
    await bootWithSecret();
    const answer = await machine().call('logs', { lines: 200 });
    const { lines } = INSTANCE_PROGRAM.logs.answer.parse(answer);
    expect(lines.at(-1)).toBe('listening');
    expect(lines.at(-2)).toMatch(/^299 \[redacted\] /);
    expect(JSON.stringify(answer).length).toBeLessThan(MAX_ANSWER_CHARACTERS);
    expect(lines.length).toBeGreaterThan(40);
  });

  test('whether a database answers', async () => {
    const probe = () => machine().call('probe-database', { timeoutMilliseconds: 5000 });
    const server = createServer((socket) => socket.end(Buffer.from('\x4a\0\0\0\x0a8.4.9\0rest', 'latin1')));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const setDatabase = async (url: string) => {
      machine().set({ DATABASE_SECRET: await machine().storeSecret('database', { DATABASE_URL: url }) });
      await machine().boot();
    };
    await machine().boot();
    expect(await probe()).toMatchObject({ reached: false, reason: 'the release has no database' });
    await setDatabase(`mysql://u:password-of-it@127.0.0.1:${port}/shop`);
    expect(await probe()).toMatchObject({ reached: true, serverVersion: '8.4.9' });
    server.close();
    const { clusters, secrets } = await temporaryClusters();
    const { secret } = await clusters.create(
      'database',
      { deploymentId: 'shop-abc234', databaseName: 'shop' },
      never,
    );
    await setDatabase((await secrets.get(secret))['DATABASE_URL'] ?? '');
    expect(await probe()).toMatchObject({ reached: true, serverVersion: expect.stringMatching(/^\d+\.\d+/) });
    await setDatabase(`postgres://u:password-of-it@127.0.0.1:${port}/shop?sslmode=require`);
    expect(await probe()).toMatchObject({ reached: false, reason: 'connection refused' });
  });

  test('nothing else', async () => {
    await machine().boot();
    expect(await machine().call('logs', { lines: 'all' })).toEqual({
      error: expect.stringContaining('wrong payload'),
    });
    expect(await machine().call('logs', { lines: 1, process: '../../etc/passwd' })).toEqual({
      error: 'the release has no process "../../etc/passwd"',
    });
    expect(await machine().call('exec')).toEqual({ error: expect.stringContaining('"exec" is none of') });
  });
});

test('the program is one file for the oldest Node.js that applications use', async () => {
  await machine().boot();
  const text = await readFile(join(machine().root, 'opt/hivemind/release/instance/instance.mjs'), 'utf8');
  expect(text.length).toBeLessThan(1_000_000);
});
