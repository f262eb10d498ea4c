import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import {
  type ExecutionView,
  executionDocument,
  historyDocument,
  type Started,
  startedDocument,
} from '../../src/contracts/api.ts';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, ownedProcesses, readServerFile } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const home = homeOfSuite();
const program = fileURLToPath(new URL('../fixtures/mortal-server.ts', import.meta.url));

const files = {
  Procfile: 'web: node server.js\nrelease: node migrate.js\nworker: node worker.js\n',
  'package.json': JSON.stringify({ name: 'app', scripts: { build: 'node --version' } }),
  '.env.example': 'DATABASE_URL=postgres://localhost/app\n',
  'server.js':
    "require('node:http').createServer((q, s) => s.end(process.env.HIVEMIND_RELEASE)).listen(process.env.PORT);",
  'migrate.js': "console.log('migrated', process.env.DATABASE_URL !== undefined);",
  'worker.js': 'setInterval(() => {}, 1000);',
};

/** Starts a server that dies after so many steps of the workflow engine; 0 for never. */
async function mortalServer(steps: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, String(steps)], {
    env: { PATH: process.env['PATH'], HIVEMIND_HOME: home().root },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await waitFor(
    async () =>
      child.exitCode !== null ||
      child.signalCode !== null ||
      (await readServerFile(home()))?.pid === child.pid,
    {
      timeoutMilliseconds: 30_000,
      what: 'the server',
    },
  );
  return child;
}

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const server = await readServerFile(home());
  const token = await readFile(home().tokenFile, 'utf8');
  const answer = await fetch(`${server?.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return answer.json();
}

/** The execution when it has ended; undefined when the server died before. */
async function endOf({ executionId }: Started, server: ChildProcess): Promise<ExecutionView | undefined> {
  return (
    await waitFor(
      async () => {
        if (server.signalCode !== null) return { execution: undefined };
        const answer = await call('GET', `/v1/executions/${executionId}`).catch(() => undefined);
        const { execution } = executionDocument.safeParse(answer).data ?? {};
        return execution && execution.status !== 'RUNNING' ? { execution } : undefined;
      },
      { timeoutMilliseconds: 60_000, what: 'the end of the execution' },
    )
  ).execution;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

describe('a server that is killed at every step of a deploy', () => {
  test('converges to one set of processes each time', async () => {
    const { folder } = await gitRepository(files);
    let boundaries = 0;
    for (let step = 1, survived = false; !survived; step += 1) {
      const name = `step-${step}`;
      const mortal = await mortalServer(step);
      const started = startedDocument.parse(await call('POST', '/v1/deployments', { source: folder, name }));
      survived = (await endOf(started, mortal)) !== undefined;
      await end(mortal);
      boundaries += survived ? 0 : 1;
      await expectConvergence(started, name);
    }
    // Every state of the workflow is entered and left, besides the what-if branch, the waits and the failure path.
    expect(boundaries).toBeGreaterThan(50);
  }, 600_000);
});

/** A server that lives brings the execution to its end: active, one release, one set of processes. */
async function expectConvergence(started: Started, name: string): Promise<void> {
  const server = await mortalServer(0);
  expect(await endOf(started, server)).toMatchObject({ status: 'SUCCEEDED' });
  const { deployment } = deploymentDocument.parse(await call('GET', `/v1/deployments/${name}`));
  expect(deployment).toMatchObject({ status: 'ACTIVE', release: { number: 1 } });
  await waitFor(async () => (await (await fetch(deployment.url ?? '')).text()) === '1');
  const scripts = (await ownedProcesses(home())).flatMap(
    ({ command }) => /\w+\.js$/.exec(command)?.[0] ?? [],
  );
  expect(scripts.sort()).toEqual(['server.js', 'server.js', 'worker.js']);
  const { events } = historyDocument.parse(await call('GET', `/v1/deployments/${name}/history`));
  expect(events.map(({ sequence }) => sequence)).toEqual(
    events.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
  );
  const removal = startedDocument.parse(
    await call('DELETE', `/v1/deployments/${name}`, { confirm: name, snapshot: false }),
  );
  expect(await endOf(removal, server)).toMatchObject({ status: 'SUCCEEDED' });
  await nothingRemains(home());
  await end(server);
}
