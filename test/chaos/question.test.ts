import { describe, expect, test } from '@jest/globals';
import { historyDocument, type Started, startedDocument } from '../../src/contracts/api.ts';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { fixListDocument } from '../../src/contracts/fix.ts';
import { isOpenQuestion } from '../../src/domain/fix.ts';
import { freePort } from '../fixtures/free-port.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { homeOfSuite, ownedProcesses } from '../fixtures/hivemind-cli.ts';
import { nothingRemains } from '../fixtures/remains.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { missingVariable } from '../medic/broken-applications.ts';
import { call, end, endOf, limitMilliseconds, mortalServer, seed, stride } from './killed-server.ts';

const home = homeOfSuite();

describe(`a server that is killed at the steps from a failure on (CHAOS_SEED=${seed})`, () => {
  test(
    'asks, takes the answer and converges to one release each time',
    async () => {
      const { folder } = await gitRepository(missingVariable.files);
      let last = 0;
      for (let step = 1 + (seed % stride), survived = false; !survived; step += stride) {
        const name = `mended-${step}`;
        const mortal = await mortalServer(home(), step, 'Diagnose');
        // Its own port, which nobody else takes while the server is dead.
        const body = { source: folder, name, stage: 'stage-1', port: await freePort() };
        const started = startedDocument.parse(await call(home(), 'POST', '/v1/deployments', body));
        survived = (await endOf(home(), started, mortal, () => approve(name))) !== undefined;
        await end(mortal);
        if (!survived) last = step;
        await expectConvergence(started, name);
      }
      // Diagnosis, question, answer and fix, and then all of the workflow again.
      expect(last).toBeGreaterThan(50);
    },
    limitMilliseconds(600_000),
  );
});

/** As soon as there is something to approve. */
async function approve(name: string): Promise<void> {
  const { fixes } = fixListDocument.parse(await call(home(), 'GET', `/v1/deployments/${name}/fixes`));
  const open = fixes.find(isOpenQuestion);
  if (!open) return;
  const answer = { approve: true, digest: open.digest, environment: missingVariable.approve };
  await call(home(), 'POST', `/v1/fixes/${open.id}/answer`, answer);
}

/** A server that lives brings the execution to its end, with the answer if none was given yet. */
async function expectConvergence(started: Started, name: string): Promise<void> {
  const server = await mortalServer(home(), 0);
  const { status, failure } = (await endOf(home(), started, server, () => approve(name))) ?? {};
  expect({ name, status, failure }).toEqual({ name, status: 'SUCCEEDED', failure: undefined });
  const { deployment } = deploymentDocument.parse(await call(home(), 'GET', `/v1/deployments/${name}`));
  expect(deployment).toMatchObject({
    status: 'ACTIVE',
    // Another configuration is another release: the first one is that without the value.
    release: { number: 2 },
    fixes: [{ action: 'request_env_value', status: 'VALIDATED' }],
  });
  await waitFor(async () => (await (await fetch(deployment.url ?? '')).text()) === 'well');
  const owned = (await ownedProcesses(home())).filter(({ command }) => command.endsWith('server.js'));
  expect(owned).toHaveLength(1);
  const { events } = historyDocument.parse(await call(home(), 'GET', `/v1/deployments/${name}/history`));
  const told = (wanted: string) => events.filter(({ type }) => type === wanted);
  expect(told('fix.proposed')).toHaveLength(1);
  expect(told('execution.finished')).toHaveLength(1);
  const removal = startedDocument.parse(
    await call(home(), 'DELETE', `/v1/deployments/${name}`, { confirm: name, snapshot: false }),
  );
  expect(await endOf(home(), removal, server)).toMatchObject({ status: 'SUCCEEDED' });
  await nothingRemains(home());
  await end(server);
}
