import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../src/domain/deployment.ts';
import type { DestroyExecution, Execution } from '../../src/domain/execution.ts';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';

export interface StoreUnderTest {
  readonly store: DeploymentStore;
  /** Moves the store's clock on. */
  readonly advance: (seconds: number) => void;
}

export const aDeployment = (change: Partial<Deployment> = {}): Deployment => ({
  id: 'shop-abc234',
  name: 'shop',
  target: 'local',
  stage: 'production',
  source: { kind: 'folder', path: '/srv/shop', workingTree: false },
  status: 'PENDING',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  ...change,
});

export type DeployExecution = Extract<Execution, { workflow: 'deploy' }>;

export const anExecution = (change: Partial<DeployExecution> = {}): DeployExecution => ({
  id: 'deploy-1',
  deploymentId: 'shop-abc234',
  deploymentName: 'shop',
  workflow: 'deploy',
  status: 'RUNNING',
  settings: {
    target: 'local',
    source: { kind: 'folder', path: '/srv/shop', workingTree: false },
    stage: 'production',
    whatIf: false,
    environmentNames: [],
    startTimeoutSeconds: 60,
  },
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  actor: 'ada@localhost',
  cancelRequested: false,
  ...change,
});

export function aDestroyExecution(change: Partial<DestroyExecution> = {}): DestroyExecution {
  const { settings: _, ...fields } = anExecution();
  return { ...fields, id: 'destroy-1', workflow: 'destroy', settings: { snapshot: true }, ...change };
}

const aStageRun = {
  executionId: 'deploy-1',
  stage: 'build',
  status: 'RUNNING',
  reused: false,
  digest: 'd1',
  startedAt: '2026-01-01T00:00:01.000Z',
  endedAt: null,
  output: null,
  summary: null,
  failure: null,
} as const;

/** What every DeploymentStore does. */
export function deploymentStoreContract(open: () => Promise<StoreUnderTest>): void {
  let store: DeploymentStore;
  let advance: StoreUnderTest['advance'];
  beforeEach(async () => {
    ({ store, advance } = await open());
  });

  describe('deployments', () => {
    test('are found by id and by name', async () => {
      await store.createDeployment(aDeployment());
      expect(await store.findDeployment('shop')).toEqual(aDeployment());
      expect(await store.findDeployment('shop-abc234')).toEqual(aDeployment());
      expect(await store.findDeployment('nobody')).toBeUndefined();
    });

    test('fails with NameTaken for a second one', async () => {
      await store.createDeployment(aDeployment());
      await store.createDeployment(aDeployment());
      const second = store.createDeployment(aDeployment({ id: 'shop-zzz999' }));
      await expect(second).rejects.toMatchObject({ name: 'NameTaken' });
    });

    test('give their name back when destroyed', async () => {
      await store.createDeployment(aDeployment());
      await store.updateDeployment('shop-abc234', { status: 'DESTROYED' });
      await store.createDeployment(aDeployment({ id: 'shop-new222', createdAt: '2026-01-02T00:00:00.000Z' }));
      expect((await store.findDeployment('shop'))?.id).toBe('shop-new222');
      expect((await store.findDeployment('shop-abc234'))?.status).toBe('DESTROYED');
    });

    test('change field by field and clear fields', async () => {
      await store.createDeployment(aDeployment());
      await store.updateDeployment('shop-abc234', {
        status: 'ACTIVE',
        url: 'http://127.0.0.1:8100',
        liveColor: 'blue',
      });
      const cleared = await store.updateDeployment('shop-abc234', { url: undefined });
      expect(cleared).toMatchObject({ status: 'ACTIVE', liveColor: 'blue' });
      expect((await store.findDeployment('shop'))?.url).toBeUndefined();
    });

    test('fails with DeploymentNotFound for unknown ids', async () => {
      await expect(store.updateDeployment('x', { status: 'ACTIVE' })).rejects.toMatchObject({
        name: 'DeploymentNotFound',
      });
    });

    test('are listed newest first without destroyed ones', async () => {
      await store.createDeployment(aDeployment());
      await store.createDeployment(
        aDeployment({ id: 'b-1', name: 'b', createdAt: '2026-01-03T00:00:00.000Z' }),
      );
      await store.createDeployment(aDeployment({ id: 'c-1', name: 'c', status: 'DESTROYED' }));
      expect((await store.listDeployments({})).map(({ name }) => name)).toEqual(['b', 'shop']);
      expect(await store.listDeployments({ includeDestroyed: true })).toHaveLength(3);
    });
  });

  describe('executions and stages', () => {
    test('are kept and listed by status', async () => {
      await store.createExecution(anExecution());
      await store.createExecution(anExecution({ id: 'deploy-2', startedAt: '2026-01-02T00:00:00.000Z' }));
      await store.updateExecution('deploy-1', { status: 'FAILED', endedAt: '2026-01-01T01:00:00.000Z' });
      expect(await store.findExecution('deploy-1')).toMatchObject({ status: 'FAILED' });
      expect((await store.listExecutions({ status: 'RUNNING' })).map(({ id }) => id)).toEqual(['deploy-2']);
      expect((await store.listExecutions({ deploymentId: 'shop-abc234' })).map(({ id }) => id)).toEqual([
        'deploy-2',
        'deploy-1',
      ]);
    });

    test('fails with ExecutionNotFound for unknown ids', async () => {
      await expect(store.updateExecution('x', { status: 'FAILED' })).rejects.toMatchObject({
        name: 'ExecutionNotFound',
      });
    });

    test('replace the run of a stage', async () => {
      await store.putStageRun(aStageRun);
      await store.putStageRun({
        ...aStageRun,
        status: 'SUCCEEDED',
        output: { artifact: 'a' },
        summary: 'built',
      });
      expect(await store.listStageRuns('deploy-1')).toEqual([
        { ...aStageRun, status: 'SUCCEEDED', output: { artifact: 'a' }, summary: 'built' },
      ]);
    });

    test('return results under the digest of their inputs', async () => {
      const result = { output: { artifact: 'a' }, summary: 'built' };
      await store.recordResult('shop-abc234', 'build', 'd1', result);
      expect(await store.findResult('shop-abc234', 'build', 'd1')).toEqual(result);
      expect(await store.findResult('shop-abc234', 'build', 'd2')).toBeUndefined();
      expect(await store.findResult('other', 'build', 'd1')).toBeUndefined();
      await store.forgetResults('shop-abc234', ['network']);
      expect(await store.findResult('shop-abc234', 'build', 'd1')).toEqual(result);
      await store.forgetResults('shop-abc234');
      expect(await store.findResult('shop-abc234', 'build', 'd1')).toBeUndefined();
    });
  });

  describe('releases', () => {
    const release = { deploymentId: 'd', commit: 'c1', artifact: 'a1', configuration: 'x', createdAt: 'now' };

    test('keep their number while nothing changes', async () => {
      expect((await store.ensureRelease(release)).number).toBe(1);
      expect((await store.ensureRelease({ ...release, artifact: 'a2' })).number).toBe(2);
      expect((await store.ensureRelease({ ...release, createdAt: 'later' })).number).toBe(1);
      expect((await store.ensureRelease({ ...release, deploymentId: 'e' })).number).toBe(1);
      expect((await store.listReleases('d')).map(({ number }) => number)).toEqual([2, 1]);
    });
  });

  describe('documents', () => {
    test('keep the newest verification, findings and report', async () => {
      const check = { id: 'http', title: 't', result: 'pass', evidence: 'e', milliseconds: 1 } as const;
      const finding = { control: 'HM-1', title: 't', result: 'warn', evidence: 'e', mend: null } as const;
      expect(await store.findVerification('d')).toEqual([]);
      await store.putVerification('d', 'x', [check]);
      await store.putFindings('d', 'x', [finding]);
      await store.putReport('d', '# report');
      expect(await store.findVerification('d')).toEqual([check]);
      expect(await store.findFindings('d')).toEqual([finding]);
      const explanation = { text: 'look at e', confidence: 0.7, model: 'bedrock:m' };
      await store.putFindings('d', 'x', [{ ...finding, explanation }]);
      expect(await store.findFindings('d')).toEqual([{ ...finding, explanation }]);
      expect(await store.findReport('d')).toBe('# report');
    });
  });

  describe('events', () => {
    const event = {
      deploymentId: 'd',
      executionId: 'x',
      actor: 'ada@localhost',
      type: 'warning',
      message: 'm',
      data: { a: 1 },
    } as const;

    test('are numbered and read from a position', async () => {
      const first = await store.appendEvent(event);
      const second = await store.appendEvent({ ...event, executionId: null });
      expect(second.sequence).toBe(first.sequence + 1);
      expect(await store.listEvents({ deploymentId: 'd' })).toEqual([first, second]);
      expect(await store.listEvents({ deploymentId: 'd', after: first.sequence })).toEqual([second]);
      expect(await store.listEvents({ executionId: 'x' })).toEqual([first]);
      expect(await store.listEvents({ deploymentId: 'd', without: ['warning'] })).toEqual([]);
      expect(await store.listEvents({ deploymentId: 'd', without: ['decision'], limit: 1 })).toEqual([first]);
    });
  });

  describe('locks', () => {
    test('belong to one owner until given back', async () => {
      expect(await store.acquireLock('d', 'one', 60)).toBeUndefined();
      expect(await store.acquireLock('d', 'one', 60)).toBeUndefined();
      expect(await store.acquireLock('d', 'two', 60)).toMatchObject({ owner: 'one' });
      await store.releaseLock('d', 'two');
      expect(await store.findLock('d')).toMatchObject({ owner: 'one' });
      await store.releaseLock('d', 'one');
      expect(await store.acquireLock('d', 'two', 60)).toBeUndefined();
    });

    test('never outlive the lease of their owner', async () => {
      await store.acquireLock('d', 'one', 60);
      advance(61);
      expect(await store.findLock('d')).toBeUndefined();
      expect(await store.acquireLock('d', 'two', 60)).toBeUndefined();
    });
  });
  describe('freeze', () => {
    const freeze = { reason: 'fire', actor: 'ada@desk', at: '2026-01-01T00:00:00.000Z' };

    test('stands until it is ended', async () => {
      expect(await store.findFreeze()).toBeUndefined();
      await store.putFreeze(freeze);
      expect(await store.findFreeze()).toEqual(freeze);
      await store.putFreeze({ ...freeze, reason: 'flood' });
      expect(await store.findFreeze()).toEqual({ ...freeze, reason: 'flood' });
      await store.putFreeze(undefined);
      expect(await store.findFreeze()).toBeUndefined();
      await store.putFreeze(undefined);
      expect(await store.findFreeze()).toBeUndefined();
    });
  });
}
