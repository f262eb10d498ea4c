import { beforeEach, describe, expect, test } from '@jest/globals';
import { rollbackRequest, upgradeRequest } from '../../../src/contracts/api.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { DeploySettings } from '../../../src/domain/execution.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { StageName } from '../../../src/domain/stage.ts';
import type { OperationPorts } from '../../../src/operations/ports.ts';
import { previewRollback } from '../../../src/operations/preview-rollback.ts';
import { startRollback, startUpgrade } from '../../../src/operations/start-restore.ts';
import { aDeployment, anExecution } from '../../contracts/deployment-store.contract.ts';
import { finishStage } from '../../fixtures/finished-stage.ts';
import { operationPorts } from './operation-ports.ts';

const ID = 'shop-abc234';
const ACTOR = 'ada@localhost';

let ports: OperationPorts;
let started: readonly string[];

beforeEach(async () => {
  ({ ports, started } = await operationPorts());
});

/** As many releases as live settings say, the last of them live; each one ran migrations where it says so. */
async function deployed(
  releases: readonly { readonly migrated?: boolean; readonly settings?: Partial<DeploySettings> }[],
  change: Partial<Deployment> = {},
): Promise<void> {
  const number = releases.length;
  await ports.store.createDeployment(
    aDeployment({
      id: ID,
      status: 'ACTIVE',
      ...(number > 0 && { liveColor: 'blue', liveRelease: number }),
      ...(number > 1 && { previousRelease: number - 1 }),
      ...change,
    }),
  );
  for (const [index, { migrated = false, settings = {} }] of releases.entries()) {
    const execution = anExecution();
    const id = `deploy-${index + 1}`;
    await ports.store.createExecution({
      ...execution,
      id,
      status: 'SUCCEEDED',
      settings: { ...execution.settings, ...settings },
    });
    await stageRun(id, 'migrate', { ran: migrated });
    await stageRun(id, 'compute', { stack: 's', color: 'blue', release: index + 1 });
    await ports.store.ensureRelease({
      deploymentId: ID,
      commit: `${index + 1}`.repeat(40),
      artifact: `sha256-${index}`,
      configuration: 'c',
      createdAt: execution.startedAt,
      executionId: id,
    });
  }
}

const stageRun = (id: string, stage: StageName, output: JsonObject) =>
  finishStage(ports.store, { id, deploymentId: ID }, stage, output);

const rollback = (request: object = {}) =>
  startRollback(ports, 'shop', rollbackRequest.parse(request), ACTOR);
const settingsOf = async (id: string) => (await ports.store.findExecution(id))?.settings;

describe('startRollback', () => {
  test('goes to the release before the live one, with the settings of its time', async () => {
    await deployed([
      { settings: { environmentSecret: 'secret:one' } },
      { settings: { environmentSecret: 'secret:two' } },
    ]);
    const { executionId } = await rollback();
    expect(started).toEqual(['rollback']);
    expect(await settingsOf(executionId)).toMatchObject({
      toRelease: 1,
      fromExecution: 'deploy-1',
      environmentSecret: 'secret:one',
      swap: { steps: [100], rolling: false },
    });
  });

  test('goes to a release by its number', async () => {
    await deployed([{}, {}, {}]);
    const { executionId } = await rollback({ toRelease: 1 });
    expect(await settingsOf(executionId)).toMatchObject({ toRelease: 1 });
  });

  test.each([
    ['an unknown release', 2, { toRelease: 7 }, 'ReleaseNotFound'],
    ['the live release', 2, { toRelease: 2 }, 'AlreadyLive'],
    ['nothing before the first one', 1, {}, 'ReleaseNotFound'],
  ])('refuses %s', async (_what, count, request, code) => {
    await deployed(Array.from({ length: count }, () => ({})));
    await expect(rollback(request)).rejects.toMatchObject({ code });
    expect(started).toEqual([]);
  });

  test('refuses a release that was never live, and only that', async () => {
    await deployed([{}, {}, {}], { liveRelease: 3, previousRelease: 1 });
    await ports.store.updateExecution('deploy-2', { status: 'FAILED', endedAt: ports.clock.now() });
    await expect(rollback({ toRelease: 2 })).rejects.toMatchObject({
      code: 'NotLive',
      message: expect.stringContaining('release 2 of "shop" was never live'),
      hint: expect.stringContaining('hivemind releases shop'),
    });
    expect(started).toEqual([]);
    await stageRun('deploy-2', 'complete', {});
    await rollback({ toRelease: 2 });
    expect(started).toEqual(['rollback']);
  });

  test('a preview tells what it goes from and to, is refused like it, and changes nothing', async () => {
    await deployed([{}, {}, {}], { warm: { color: 'green', release: 2, until: '2999-01-01T00:00:00.000Z' } });
    const preview = (request: object = {}) => previewRollback(ports, 'shop', rollbackRequest.parse(request));
    expect(await preview()).toEqual({ from: 3, to: 2, warm: true });
    expect(await preview({ toRelease: 1 })).toEqual({ from: 3, to: 1, warm: false });
    await expect(preview({ toRelease: 3 })).rejects.toMatchObject({ code: 'AlreadyLive' });
    await expect(preview({ toRelease: 9 })).rejects.toMatchObject({ code: 'ReleaseNotFound' });
    await ports.store.acquireLock(ID, 'update-x', 60);
    await expect(preview()).rejects.toMatchObject({ code: 'DeploymentBusy' });
    await ports.store.releaseLock(ID, 'update-x');
    await ports.store.putFreeze({ reason: 'audit', actor: ACTOR, at: ports.clock.now() });
    await expect(preview()).rejects.toMatchObject({ code: 'Frozen' });
    expect(started).toEqual([]);
  });

  test('freezes a release whose migration ran, unless it can be undone or the operator insists', async () => {
    await deployed([{}, { migrated: true }]);
    await expect(rollback()).rejects.toMatchObject({
      code: 'MigrationNotReversible',
      hint: expect.stringContaining('--despite-migrations'),
    });
    await rollback({ despiteMigrations: true });
    expect(started).toEqual(['rollback']);
  });

  test('freezes it also when an earlier attempt had made the release', async () => {
    await deployed([{}, {}]);
    await ports.store.createExecution({ ...anExecution(), id: 'deploy-again', status: 'SUCCEEDED' });
    await stageRun('deploy-again', 'migrate', { ran: true });
    await stageRun('deploy-again', 'compute', { stack: 's', color: 'blue', release: 2 });
    await expect(rollback()).rejects.toMatchObject({ code: 'MigrationNotReversible' });
  });

  test('keeps the address, the certificate and the network of now', async () => {
    const certificateArn = 'arn:aws:acm:eu-central-1:123456789012:certificate/one';
    await deployed([{ settings: { listenerPort: 1 } }, { settings: { listenerPort: 2, certificateArn } }]);
    await ports.store.updateDeployment(ID, { liveExecution: 'deploy-2' });
    const { executionId } = await rollback();
    expect(await settingsOf(executionId)).toMatchObject({ listenerPort: 2, certificateArn });
  });

  test('goes back over migrations that can be undone', async () => {
    await deployed([{ migrated: true }, { migrated: true, settings: { reversibleMigrations: true } }]);
    await rollback();
    expect(started).toEqual(['rollback']);
  });

  test('takes one that was never live to nothing', async () => {
    await deployed([], { status: 'FAILED' });
    await ports.store.createExecution({ ...anExecution(), id: 'deploy-1', status: 'FAILED' });
    const { executionId } = await rollback();
    expect(await settingsOf(executionId)).toMatchObject({ toRelease: null });
  });

  test('does not take the data of one that was live before', async () => {
    await deployed([{}, {}], { status: 'FAILED', liveColor: undefined, liveRelease: undefined });
    await expect(rollback()).rejects.toMatchObject({ code: 'NotLive' });
    expect(started).toEqual([]);
  });

  test('waits for nobody: a deployment that is being changed is refused with who changes it', async () => {
    await deployed([{}, {}]);
    await ports.store.createExecution({ ...anExecution(), id: 'update-1', actor: 'bob@home' });
    await ports.store.acquireLock(ID, 'update-1', 60);
    await expect(rollback()).rejects.toMatchObject({
      code: 'DeploymentBusy',
      message: expect.stringContaining('bob@home'),
    });
  });
});

describe('startUpgrade', () => {
  const upgrade = () => startUpgrade(ports, 'shop', upgradeRequest.parse({}), ACTOR);

  test('takes the live release to production, in the network where it stands', async () => {
    await deployed([{ settings: { stage: 'stage-1' } }], { stage: 'stage-1' });
    const { executionId } = await upgrade();
    expect(await settingsOf(executionId)).toMatchObject({
      stage: 'production',
      networkStage: 'stage-1',
      toRelease: 1,
    });
    expect((await ports.store.findDeployment(ID))?.stage).toBe('stage-1');
  });

  test('refuses what is in production, and what is not live', async () => {
    await deployed([{}]);
    await expect(upgrade()).rejects.toMatchObject({ code: 'AlreadyLive' });
    await ports.store.updateDeployment(ID, {
      stage: 'stage-1',
      liveColor: undefined,
      liveRelease: undefined,
    });
    await expect(upgrade()).rejects.toMatchObject({ code: 'NotLive' });
  });
});
