import { beforeEach, expect, test } from '@jest/globals';
import { removeFinalSnapshot } from '../../../../lambdas/janitor/final-snapshot.ts';
import type { JanitorPorts } from '../../../../lambdas/janitor/ports.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { Deployment } from '../../../../src/domain/deployment.ts';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import type { Execution } from '../../../../src/domain/execution.ts';
import type { Stack } from '../../../../src/domain/stack.ts';
import type { DeploymentStore } from '../../../../src/ports/deployment-store.ts';
import { aDeployment, aDestroyExecution, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';
import { janitorPorts, NOBODY_ASKS } from './janitor-ports.ts';

const clock = stillClock();
const call = { patienceSeconds: 0, signal: new AbortController().signal };
const OWN = 'arn:aws:rds:eu-west-1:123456789012:snapshot:hivemind-shop-abc234-database-1';
let store: DeploymentStore;
let removed: unknown[];

beforeEach(() => {
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  removed = [];
});

const ports = (database?: Stack): JanitorPorts =>
  janitorPorts({
    store,
    clock,
    stacks: { ...NOBODY_ASKS.stacks, describe: async () => database },
    snapshots: { ...NOBODY_ASKS.snapshots, removeFinal: async (final) => removed.push(final) > 1 },
  });

const final = (copy: string | null) => ({
  databaseStack: 'shop-abc234-database',
  since: '2026-01-01T00:00:00.000Z',
  copy,
});

/** An execution of a deployment of which an earlier one went live, unless something else is said. */
async function begun(execution: Execution, deployment: Partial<Deployment> = { liveExecution: 'deploy-0' }) {
  await store.createDeployment(aDeployment(deployment));
  await store.createExecution(execution);
  return execution;
}

async function hasSaved(executionId: string, ...locations: readonly string[]): Promise<void> {
  await store.putStageRun({
    executionId,
    stage: 'snapshot',
    status: 'SUCCEEDED',
    reused: false,
    digest: 'd',
    startedAt: clock.now(),
    endedAt: clock.now(),
    output: { locations: [...locations] },
    summary: 's',
    failure: null,
  });
}

/** As the history tells it: the run on record may be that of a later attempt. */
const hasEnded = ({ deploymentId, id }: Execution, stage: string) =>
  store.appendEvent({
    deploymentId,
    executionId: id,
    actor: 'deployer',
    type: 'stage.finished',
    message: 'done',
    data: { stage },
  });

test('a final snapshot goes when this destroy has made its own', async () => {
  const execution = await begun(aDestroyExecution());
  await hasSaved(execution.id, OWN);
  expect(await removeFinalSnapshot(ports(), execution, call)).toBe(false);
  expect(await removeFinalSnapshot(ports(), execution, call)).toBe(true);
  expect(removed).toEqual([final(OWN), final(OWN)]);
});

test('a final snapshot goes when none is wanted', async () => {
  const execution = await begun(aDestroyExecution({ settings: { snapshot: false } }));
  await removeFinalSnapshot(ports(), execution, call);
  expect(removed).toEqual([final(null)]);
});

test('a final snapshot of what never had traffic goes with a deploy that failed', async () => {
  const execution = await begun(anExecution(), {});
  await hasEnded(execution, 'database');
  await removeFinalSnapshot(ports(), execution, call);
  expect(removed).toEqual([final(null)]);
});

test('a final snapshot stays of what had traffic before its first deploy failed', async () => {
  const execution = await begun(anExecution(), {});
  await hasEnded(execution, 'release');
  expect(await removeFinalSnapshot(ports(), execution, call)).toBe(true);
  expect(removed).toEqual([]);
});

test('a final snapshot of what was never live stays when a destroy that wanted one has none', async () => {
  const execution = await begun(aDestroyExecution(), {});
  expect(await removeFinalSnapshot(ports(), execution, call)).toBe(true);
  expect(removed).toEqual([]);
});

test('a final snapshot goes with a destroy that goes on where one has failed', async () => {
  const first = await begun(aDestroyExecution({ id: 'destroy-1', startedAt: '2025-12-31T23:00:00.000Z' }));
  await hasSaved(first.id, OWN);
  const second = aDestroyExecution({ id: 'destroy-2' });
  await store.createExecution(second);
  await removeFinalSnapshot(ports(), second, call);
  expect(removed).toEqual([{ ...final(OWN), since: first.startedAt }]);
});

test.each([
  ['is kept and told when it cannot be removed', 'AccessDenied'],
  ['is tried again when AWS is busy', 'Throttled'],
] as const)('a final snapshot %s', async (_, code) => {
  const execution = await begun(aDestroyExecution({ settings: { snapshot: false } }));
  const refused = new HiveMindError(code, 'no', { hint: 'none' });
  const refusing = {
    ...ports(),
    snapshots: { ...NOBODY_ASKS.snapshots, removeFinal: () => Promise.reject(refused) },
  };
  const removal = removeFinalSnapshot(refusing, execution, call);
  if (refused.kind.transient) return await expect(removal).rejects.toBe(refused);
  expect(await removal).toBe(true);
  expect((await store.listEvents({ deploymentId: execution.deploymentId })).at(-1)?.message).toContain(
    'snapshot shop-abc234-database: kept: no',
  );
});

test.each([
  ['which this destroy could not save', aDestroyExecution()],
  ['whose clean-up takes nothing', anExecution()],
])('a final snapshot stays of a database %s', async (_, started) => {
  const execution = await begun(started);
  await hasSaved(execution.id);
  expect(await removeFinalSnapshot(ports(), execution, call)).toBe(true);
  expect(removed).toEqual([]);
});

test('a final snapshot stays with what an earlier destroy has saved', async () => {
  await hasSaved('destroy-0', OWN);
  const execution = await begun(aDestroyExecution());
  expect(await removeFinalSnapshot(ports(), execution, call)).toBe(true);
  expect(removed).toEqual([]);
});

test('a final snapshot stays as long as its database does', async () => {
  const execution = await begun(aDestroyExecution({ settings: { snapshot: false } }));
  const database: Stack = {
    name: 'shop-abc234-database',
    blueprint: 'database',
    deploymentId: 'shop-abc234',
    status: 'DELETE_FAILED',
    parameters: {},
    outputs: {},
    failure: null,
  };
  expect(await removeFinalSnapshot(ports(database), execution, call)).toBe(true);
  expect(removed).toEqual([]);
});
