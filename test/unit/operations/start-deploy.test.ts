import { beforeEach, describe, expect, test } from '@jest/globals';
import { type DeployRequest, deployRequest } from '../../../src/contracts/api.ts';
import type { ReleaseExecution } from '../../../src/domain/execution.ts';
import { type StartDeployPorts, startDeploy } from '../../../src/operations/start-deploy.ts';
import { startDestroy } from '../../../src/operations/start-destroy.ts';
import { operationPorts } from './operation-ports.ts';

let ports: StartDeployPorts;
let started: string[];

beforeEach(async () => {
  started = [];
  const start: StartDeployPorts['runner']['start'] = async (workflow, executionId) =>
    void started.push(`${workflow} ${executionId}`);
  ports = { ...(await operationPorts()).ports, runner: { start } };
});

const start = (change: Partial<DeployRequest> = {}) =>
  startDeploy(ports, deployRequest.parse({ source: '/srv/shop', ...change }), 'ada@localhost');

/** As the workflow does at its end. */
async function finish(executionId: string, deploymentId: string) {
  await ports.store.updateExecution(executionId, { status: 'SUCCEEDED' });
  await ports.store.releaseLock(deploymentId, executionId);
}

async function settingsOf(executionId: string): Promise<ReleaseExecution['settings']> {
  const execution = await ports.store.findExecution(executionId);
  if (execution?.workflow !== 'deploy') throw new Error('no deploy execution');
  return execution.settings;
}

describe('startDeploy', () => {
  test('records the deployment and starts the workflow', async () => {
    const { executionId, deploymentId, deploymentName } = await start();
    expect(deploymentName).toBe('shop');
    expect(started).toEqual([`deploy ${executionId}`]);
    expect(await ports.store.findDeployment('shop')).toMatchObject({ id: deploymentId, status: 'PENDING' });
    const events = await ports.store.listEvents({ deploymentId });
    expect(events.map(({ type, actor }) => [type, actor])).toEqual([
      ['deployment.created', 'ada@localhost'],
      ['execution.started', 'ada@localhost'],
    ]);
  });

  test('fails with DeploymentBusy and names the holder', async () => {
    const first = await start();
    const error: unknown = await start().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DeploymentBusy' });
    expect(error).toMatchObject({ message: expect.stringContaining(first.executionId) });
    expect(error).toMatchObject({ message: expect.stringContaining('ada@localhost') });
    expect(started).toHaveLength(1);
  });

  test('deploys the same application again under its id', async () => {
    const first = await start();
    await finish(first.executionId, first.deploymentId);
    const second = await start();
    expect(second.deploymentId).toBe(first.deploymentId);
  });

  test('fails with NameTaken for another application', async () => {
    const first = await start({ name: 'shop' });
    await finish(first.executionId, first.deploymentId);
    await expect(start({ name: 'shop', source: '/srv/other' })).rejects.toMatchObject({ name: 'NameTaken' });
  });

  test('takes over a name under which nothing ever ran', async () => {
    const first = await start({ name: 'shop' });
    await finish(first.executionId, first.deploymentId);
    await ports.store.updateDeployment(first.deploymentId, { status: 'FAILED' });
    const second = await start({ name: 'shop', source: '/srv/other' });
    expect(second.deploymentId).toBe(first.deploymentId);
    expect(await ports.store.findDeployment('shop')).toMatchObject({ source: { path: '/srv/other' } });
  });

  test('keeps environment and port that are not said again', async () => {
    const first = await start({ environment: { API_KEY: 'k1', MODE: 'a' }, port: 8200 });
    await finish(first.executionId, first.deploymentId);
    const second = await start({ environment: { MODE: 'b' } });
    const settings = await settingsOf(second.executionId);
    expect(settings).toMatchObject({ environmentNames: ['API_KEY', 'MODE'], listenerPort: 8200 });
    expect(await ports.secrets.get(settings.environmentSecret ?? '')).toEqual({ API_KEY: 'k1', MODE: 'b' });
  });

  test('keeps network, certificate and traces that are not said again', async () => {
    const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b';
    const first = await start({ network: 'dedicated', certificateArn, xray: true });
    await finish(first.executionId, first.deploymentId);
    const second = await start({ xray: false });
    expect(await settingsOf(second.executionId)).toMatchObject({
      network: 'dedicated',
      certificateArn,
      xray: false,
    });
  });

  test('publishes what the workflow cannot reach, and says so in the settings', async () => {
    const source = { repository: 'r', commit: 'c', tree: 't', subject: 's', warnings: [] };
    const seen: unknown[] = [];
    const publish = async (asked: unknown) => {
      seen.push(asked);
      return source;
    };
    const { executionId } = await startDeploy(
      { ...ports, publish },
      deployRequest.parse({ source: '/srv/shop' }),
      'ada@localhost',
    );
    expect(await settingsOf(executionId)).toMatchObject({ published: source, source: { kind: 'folder' } });
    expect(seen).toEqual([{ kind: 'folder', path: '/srv/shop', workingTree: false }]);
  });

  test('keeps values out of everything it stores', async () => {
    const { executionId, deploymentId } = await start({ environment: { API_KEY: 'planted-secret' } });
    const stored = JSON.stringify([
      await ports.store.findExecution(executionId),
      await ports.store.listEvents({ deploymentId }),
      await ports.store.findDeployment(deploymentId),
    ]);
    expect(stored).toContain('API_KEY');
    expect(stored).not.toContain('planted-secret');
  });

  test('creates nothing for a what-if', async () => {
    await start({ whatIf: true, environment: { A: 'b' } });
    expect(await ports.store.findDeployment('shop')).toBeUndefined();
    expect(started).toHaveLength(1);
  });

  test.each([
    [{ source: '--upload-pack=/bin/sh' }, 'UnsafeSource'],
    [{ source: 'ext::sh -c id' }, 'UnsafeSource'],
    [{ name: '../x' }, 'InvalidName'],
    [{ name: 'x'.repeat(200) }, 'InvalidName'],
    [{ target: 'aws' as const }, 'InvalidInput'],
  ])('fails with a usage error for %j', async (change, code) => {
    await expect(start(change)).rejects.toMatchObject({ name: code });
    expect(started).toEqual([]);
    expect(await ports.store.listDeployments({})).toEqual([]);
  });
});

describe('startDestroy', () => {
  const destroy = (confirm: string, name = 'shop') =>
    startDestroy(ports, name, { confirm, snapshot: true }, 'ada@localhost');

  test('starts the workflow when confirmed', async () => {
    const { executionId, deploymentId } = await start();
    await finish(executionId, deploymentId);
    const removal = await destroy('shop');
    expect(started.at(-1)).toBe(`destroy ${removal.executionId}`);
  });

  test.each(['', 'Shop', 'shop '])('fails with ConfirmationMismatch for %j', async (confirm) => {
    const { executionId, deploymentId } = await start();
    await finish(executionId, deploymentId);
    await expect(destroy(confirm)).rejects.toMatchObject({ name: 'ConfirmationMismatch' });
  });

  test('fails with DeploymentNotFound for unknown and destroyed ones', async () => {
    await expect(destroy('nobody', 'nobody')).rejects.toMatchObject({ name: 'DeploymentNotFound' });
    const { deploymentId } = await start();
    await ports.store.updateDeployment(deploymentId, { status: 'DESTROYED' });
    await expect(destroy('shop')).rejects.toMatchObject({ name: 'DeploymentNotFound' });
  });

  test('fails with DeploymentBusy while a deploy runs', async () => {
    await start();
    await expect(destroy('shop')).rejects.toMatchObject({ name: 'DeploymentBusy' });
  });
});
