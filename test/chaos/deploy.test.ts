import { describe, expect, test } from '@jest/globals';
import { historyDocument, type Started, startedDocument } from '../../src/contracts/api.ts';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, ownedProcesses } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { call, end, endOf, limitMilliseconds, mortalServer, seed, stride } from './killed-server.ts';

const home = homeOfSuite();

const files = {
  Procfile: 'web: node server.js\nrelease: node migrate.js\nworker: node worker.js\n',
  'package.json': JSON.stringify({ name: 'app', scripts: { build: 'node --version' } }),
  '.env.example': 'DATABASE_URL=postgres://localhost/app\n',
  'server.js':
    "require('node:http').createServer((q, s) => s.end(process.env.HIVEMIND_RELEASE)).listen(process.env.PORT);",
  'migrate.js': "console.log('migrated', process.env.DATABASE_URL !== undefined);",
  'worker.js': 'setInterval(() => {}, 1000);',
};

describe(`a server that is killed at the steps of a deploy (CHAOS_SEED=${seed})`, () => {
  test(
    'converges to one set of processes each time',
    async () => {
      const { folder } = await gitRepository(files);
      let last = 0;
      for (let step = 1 + (seed % stride), survived = false; !survived; step += stride) {
        const name = `step-${step}`;
        const mortal = await mortalServer(home(), step);
        const started = startedDocument.parse(
          await call(home(), 'POST', '/v1/deployments', { source: folder, name }),
        );
        survived = (await endOf(home(), started, mortal)) !== undefined;
        await end(mortal);
        if (!survived) last = step;
        await expectConvergence(started, name);
      }
      // Every state of the workflow is entered and left, besides the what-if branch, the waits and the failure path.
      expect(last).toBeGreaterThan(50);
    },
    limitMilliseconds(600_000),
  );
});

/** A server that lives brings the execution to its end: active, one release, one set of processes. */
async function expectConvergence(started: Started, name: string): Promise<void> {
  const server = await mortalServer(home(), 0);
  expect(await endOf(home(), started, server)).toMatchObject({ status: 'SUCCEEDED' });
  const { deployment } = deploymentDocument.parse(await call(home(), 'GET', `/v1/deployments/${name}`));
  expect(deployment).toMatchObject({ status: 'ACTIVE', release: { number: 1 } });
  await waitFor(async () => (await (await fetch(deployment.url ?? '')).text()) === '1');
  const scripts = (await ownedProcesses(home())).flatMap(
    ({ command }) => /\w+\.js$/.exec(command)?.[0] ?? [],
  );
  expect(scripts.sort()).toEqual(['server.js', 'server.js', 'worker.js']);
  const { events } = historyDocument.parse(await call(home(), 'GET', `/v1/deployments/${name}/history`));
  expect(events.map(({ sequence }) => sequence)).toEqual(
    events.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
  );
  const removal = startedDocument.parse(
    await call(home(), 'DELETE', `/v1/deployments/${name}`, { confirm: name, snapshot: false }),
  );
  expect(await endOf(home(), removal, server)).toMatchObject({ status: 'SUCCEEDED' });
  await nothingRemains(home());
  await end(server);
}
