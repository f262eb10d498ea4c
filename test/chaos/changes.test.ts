import { describe, expect, test } from '@jest/globals';
import { historyDocument, type Started, startedDocument } from '../../src/contracts/api.ts';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { freePort } from '../fixtures/free-port.ts';
import { type GitRepository, gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, ownedProcesses } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { call, end, endOf, limitMilliseconds, mortalServer, seed, stride } from './killed-server.ts';

const home = homeOfSuite();

const serverAnswering = (text: string) => ({
  'server.js': `require('node:http').createServer((q, s) => s.end('${text}')).listen(process.env.PORT);`,
});
const atOnce = { steps: [50, 100], bakeSeconds: 0, keepWarmSeconds: 0 };

interface Change {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body: object;
}
const update: Change = { method: 'POST', path: '/update', body: atOnce };
const rollback: Change = { method: 'POST', path: '/rollback', body: { keepWarmSeconds: 0 } };
const upgrade: Change = { method: 'POST', path: '/upgrade', body: atOnce };
const destroy = (name: string): Change => ({
  method: 'DELETE',
  path: '',
  body: { confirm: name, snapshot: true },
});

/** What is to come out: what the application answers, and how many processes it has; null when nothing is to be left. */
interface Outcome {
  readonly status: string;
  readonly answer: string;
  readonly processes: number;
}

interface Case {
  readonly name: string;
  readonly before: readonly Change[];
  readonly change: Change;
  readonly outcome: Outcome | null;
  /** Boundaries that there are at least. */
  readonly boundaries: number;
}

const cases: readonly Case[] = [
  {
    name: 'update',
    before: [],
    change: update,
    outcome: { status: 'ACTIVE', answer: 'two', processes: 1 },
    boundaries: 50,
  },
  {
    name: 'rollback',
    before: [update],
    change: rollback,
    outcome: { status: 'ROLLED_BACK', answer: 'one', processes: 1 },
    boundaries: 30,
  },
  {
    name: 'upgrade',
    before: [],
    change: upgrade,
    outcome: { status: 'ACTIVE', answer: 'one', processes: 2 },
    boundaries: 40,
  },
  { name: 'destroy', before: [update], change: destroy('destroy'), outcome: null, boundaries: 25 },
];

describe(`a server that is killed again and again (CHAOS_SEED=${seed})`, () => {
  test.each(cases)(
    'converges in a $name',
    async ({ name, before, change, outcome, boundaries }) => {
      const repository = await gitRepository({
        Procfile: 'web: node server.js\n',
        ...serverAnswering('one'),
      });
      await deployed(name, repository, before);
      const last = await killedAgainAndAgain(name, change);
      expect(last).toBeGreaterThan(boundaries);
      const server = await mortalServer(home(), 0);
      if (outcome) await expectOutcome(name, outcome);
      await expectOneStory(name);
      if (outcome) await carryOut(name, destroy(name), server);
      await nothingRemains(home());
      await end(server);
    },
    limitMilliseconds(300_000),
  );
});

/** A deployment with a second commit that is not live yet unless a change of `before` makes it so. */
async function deployed(name: string, repository: GitRepository, before: readonly Change[]): Promise<void> {
  const server = await mortalServer(home(), 0);
  // Its own port, which nobody else takes while the server is dead.
  const body = { source: repository.folder, name, stage: 'stage-1', port: await freePort() };
  const started = startedDocument.parse(await call(home(), 'POST', '/v1/deployments', body));
  expect(await endOf(home(), started, server)).toMatchObject({ status: 'SUCCEEDED' });
  await repository.commit(serverAnswering('two'));
  for (const change of before) await carryOut(name, change, server);
  await end(server);
}

const order = async (name: string, { method, path, body }: Change): Promise<Started> =>
  startedDocument.parse(await call(home(), method, `/v1/deployments/${name}${path}`, body));

async function carryOut(name: string, change: Change, server: Parameters<typeof end>[0]): Promise<void> {
  const started = await order(name, change);
  expect(await endOf(home(), started, server)).toMatchObject({ status: 'SUCCEEDED' });
}

/** Returns the boundary beyond which the server survived. */
async function killedAgainAndAgain(name: string, change: Change): Promise<number> {
  let started: Started | undefined;
  for (let step = 1 + (seed % stride); ; step += stride) {
    const server = await mortalServer(home(), step);
    started ??= await order(name, change);
    const execution = await endOf(home(), started, server);
    await end(server);
    if (!execution) continue;
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    return step;
  }
}

/** The right release answers, from its own processes and no other. */
async function expectOutcome(name: string, { status, answer, processes }: Outcome): Promise<void> {
  const { deployment } = deploymentDocument.parse(await call(home(), 'GET', `/v1/deployments/${name}`));
  expect(deployment).toMatchObject({ status });
  const text = async () => (await (await fetch(deployment.url ?? '')).text()) === answer;
  await waitFor(text, { what: `the answer "${answer}"` });
  const owned = (await ownedProcesses(home())).filter(({ command }) => command.endsWith('server.js'));
  expect(owned).toHaveLength(processes);
}

/** Every execution has one end in the history. */
async function expectOneStory(name: string): Promise<void> {
  const { events } = historyDocument.parse(await call(home(), 'GET', `/v1/deployments/${name}/history`));
  const ended = events.filter(({ type }) => type === 'execution.finished');
  const executions = new Set(ended.map(({ executionId }) => executionId));
  expect(ended).toHaveLength(executions.size);
}
