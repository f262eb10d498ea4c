import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import type { Home } from '../../src/adapters/local/home.ts';
import { type ExecutionView, executionDocument, type Started } from '../../src/contracts/api.ts';
import { readServerFile } from '../fixtures/hivemind-cli.ts';
import { waitFor } from '../fixtures/wait-for.ts';

const program = fileURLToPath(new URL('../fixtures/mortal-server.ts', import.meta.url));

const started = new Set<ChildProcess>();
// Also after a test that failed.
afterAll(() => {
  for (const server of started) server.kill('SIGKILL');
});

const NORMAL_STRIDE = 3;
/** Boundaries between two kills, and where to begin: at every one with CHAOS_ALL=1, which takes three times as long. */
export const stride = process.env['CHAOS_ALL'] === '1' ? 1 : NORMAL_STRIDE;
/** Time limit of a test that has this one at the normal stride. */
export const limitMilliseconds = (normal: number): number => (normal * NORMAL_STRIDE) / stride;
export const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000));

/** Starts a server that dies after so many steps of the workflow engine, counted from a state on if one is named; 0 for never. */
export async function mortalServer(home: Home, steps: number, firstState?: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, String(steps), ...(firstState ? [firstState] : [])], {
    env: { PATH: process.env['PATH'], HIVEMIND_HOME: home.root },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  started.add(child);
  const isThere = async () => isDead(child) || (await readServerFile(home))?.pid === child.pid;
  await waitFor(isThere, { timeoutMilliseconds: 30_000, what: 'the server' });
  return child;
}

const isDead = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** A request to the server of a home. */
export async function call(home: Home, method: string, path: string, body?: object): Promise<unknown> {
  const server = await readServerFile(home);
  const token = await readFile(home.tokenFile, 'utf8');
  const answer = await fetch(`${server?.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return answer.json();
}

/** The execution when it has ended; undefined when the server died before. What `meanwhile` asks of the server is done at each look. */
export async function endOf(
  home: Home,
  { executionId }: Pick<Started, 'executionId'>,
  server: ChildProcess,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<ExecutionView | undefined> {
  const look = async () => {
    if (isDead(server)) return { execution: undefined };
    // It may die before it answers.
    await meanwhile().catch(() => undefined);
    const answer = await call(home, 'GET', `/v1/executions/${executionId}`).catch(() => undefined);
    const { execution } = executionDocument.safeParse(answer).data ?? {};
    return execution && execution.status !== 'RUNNING' ? { execution } : undefined;
  };
  const seen = await waitFor(look, { timeoutMilliseconds: 60_000, what: 'the end of the execution' });
  return seen.execution;
}

export async function end(server: ChildProcess): Promise<void> {
  started.delete(server);
  if (isDead(server)) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}
