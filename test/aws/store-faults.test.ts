import { afterEach, describe, expect, test } from '@jest/globals';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';
import { aDeployment, anExecution } from '../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../fixtures/proposed-fix.ts';
import { type Fate, type ProxiedCall, throttled } from './proxy.ts';
import { type OpenStore, openStore, storeThroughProxy } from './store-table.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The store, and the same one behind a proxy that plays tricks. */
async function behind(
  decide: (call: ProxiedCall) => Fate,
): Promise<OpenStore & { troubled: DeploymentStore; calls: readonly ProxiedCall[] }> {
  const open = await openStore();
  const { store, proxy } = await storeThroughProxy(open, decide);
  closing.push(proxy.close);
  return { ...open, troubled: store, calls: proxy.calls };
}

/** Every write is executed and its answer lost; the SDK's second attempt gets through. */
function losing(): (call: ProxiedCall) => Fate {
  const seen = new Map<string, number>();
  return ({ action, body }) => {
    if (action === 'GetItem' || action === 'Query') return 'pass';
    // The second attempt repeats the first one word for word.
    const times = (seen.get(body) ?? 0) + 1;
    seen.set(body, times);
    return times % 2 === 1 ? 'lose' : 'pass';
  };
}

const release = { deploymentId: 'd', commit: 'c', artifact: 'a', configuration: 'x', createdAt: 'now' };
const event = {
  deploymentId: 'd',
  executionId: 'x',
  actor: 'a',
  type: 'warning',
  message: 'm',
  data: {},
} as const;

describe('an answer that is lost after the write', () => {
  test('does not take the name away from the deployment that got it', async () => {
    const { store, troubled, calls } = await behind(losing());
    await troubled.createDeployment(aDeployment());
    expect(calls.filter(({ action }) => action === 'TransactWriteItems').length).toBeGreaterThan(1);
    expect(await store.listDeployments({})).toEqual([aDeployment()]);
    await expect(troubled.createDeployment(aDeployment({ id: 'shop-2' }))).rejects.toMatchObject({
      code: 'NameTaken',
    });
  });

  test('does not keep the name of a destroyed deployment', async () => {
    const { store, troubled } = await behind(losing());
    await troubled.createDeployment(aDeployment());
    expect(await troubled.updateDeployment('shop-abc234', { status: 'DESTROYED' })).toMatchObject({
      status: 'DESTROYED',
    });
    await troubled.createDeployment(aDeployment({ id: 'shop-2' }));
    expect((await store.findDeployment('shop'))?.id).toBe('shop-2');
  });

  test('does not number a release twice', async () => {
    const { store, troubled } = await behind(losing());
    expect((await troubled.ensureRelease(release)).number).toBe(1);
    expect((await troubled.ensureRelease({ ...release, commit: 'c2' })).number).toBe(2);
    expect(await store.listReleases('d')).toHaveLength(2);
  });

  test('does not write an event twice', async () => {
    const { store, troubled } = await behind(losing());
    const written = [await troubled.appendEvent(event), await troubled.appendEvent(event)];
    expect(await store.listEvents({ executionId: 'x' })).toEqual(written);
    expect(written.map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test('does not lock the owner out, nor anybody else after him', async () => {
    const { store, troubled } = await behind(losing());
    expect(await troubled.acquireLock('d', 'one', 60)).toBeUndefined();
    expect(await troubled.acquireLock('d', 'two', 60)).toMatchObject({ owner: 'one' });
    await troubled.releaseLock('d', 'one');
    expect(await store.findLock('d')).toBeUndefined();
    expect(await troubled.acquireLock('d', 'two', 60)).toBeUndefined();
  });

  test('leaves executions, stages and results as they should be', async () => {
    const { store, troubled } = await behind(losing());
    await troubled.createExecution(anExecution());
    await troubled.updateExecution('deploy-1', { status: 'FAILED' });
    await troubled.recordResult('d', 'build', 'd1', { output: {}, summary: 's' });
    await troubled.recordResult('d', 'network', 'd1', { output: {}, summary: 's' });
    await troubled.forgetResults('d', ['build']);
    expect(await store.listExecutions({})).toEqual([anExecution({ status: 'FAILED' })]);
    expect(await store.findResult('d', 'build', 'd1')).toBeUndefined();
    expect(await store.findResult('d', 'network', 'd1')).toBeDefined();
  });
});

describe('an answer about a fix that is lost after the write', () => {
  test('is told to the one that gave it, and to nobody else', async () => {
    const { store, troubled } = await behind(losing());
    const fix = aProposedFix();
    await troubled.putFix(fix);
    const approved = await troubled.changeFix('deploy-1', fix.id, 'PROPOSED', { status: 'APPROVED' });
    expect(approved).toEqual({ ...fix, status: 'APPROVED' });
    expect(await troubled.changeFix('deploy-1', fix.id, 'PROPOSED', { status: 'APPROVED' })).toBeUndefined();
    expect(await store.listFixes('deploy-1')).toEqual([approved]);
  });
});

test('a name whose holder was destroyed and could not give it back is free', async () => {
  const { store, troubled } = await behind(({ action }) =>
    action === 'DeleteItem' ? { status: 400, body: '{"__type":"AccessDeniedException"}' } : 'pass',
  );
  await troubled.createDeployment(aDeployment());
  const destroyed = troubled.updateDeployment('shop-abc234', { status: 'DESTROYED' });
  await expect(destroyed).rejects.toMatchObject({ code: 'AccessDenied' });
  await store.createDeployment(aDeployment({ id: 'shop-2' }));
  expect((await store.findDeployment('shop'))?.id).toBe('shop-2');
});

test('a storm of throttling is outlasted', async () => {
  let count = 0;
  const { troubled } = await behind((call) => {
    count += 1;
    return count % 5 === 0 ? throttled(call) : 'pass';
  });
  await troubled.createDeployment(aDeployment());
  for (const commit of ['a', 'b', 'c']) await troubled.ensureRelease({ ...release, commit });
  for (let written = 0; written < 5; written += 1) await troubled.appendEvent(event);
  await troubled.updateDeployment('shop-abc234', { status: 'ACTIVE' });
  expect((await troubled.listReleases('d')).map(({ number }) => number)).toEqual([3, 2, 1]);
  expect(await troubled.listEvents({ deploymentId: 'd' })).toHaveLength(5);
  expect(await troubled.findDeployment('shop')).toMatchObject({ status: 'ACTIVE' });
});

test.each([
  ['ResourceNotFoundException', 'AwsRefused'],
  ['ExpiredTokenException', 'CredentialsExpired'],
  ['AccessDeniedException', 'AccessDenied'],
])('a refusal with %s fails with %s', async (type, code) => {
  const { troubled } = await behind(() => ({ status: 400, body: JSON.stringify({ __type: type }) }));
  await expect(troubled.createDeployment(aDeployment())).rejects.toMatchObject({ code });
  await expect(troubled.listDeployments({})).rejects.toMatchObject({ code });
  await expect(troubled.acquireLock('d', 'one', 60)).rejects.toMatchObject({ code });
});
