import { randomBytes } from 'node:crypto';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import { deploymentKey } from '../../src/adapters/aws/deployment-store/keys.ts';
import { aDeployment, anExecution } from '../contracts/deployment-store.contract.ts';
import type { ProxiedCall } from './proxy.ts';
import { openStore, storeThroughProxy, TABLE } from './store-table.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const run = {
  executionId: 'deploy-1',
  stage: 'analyse',
  status: 'SUCCEEDED',
  reused: false,
  digest: 'd1',
  startedAt: '2026-01-01T00:00:01.000Z',
  endedAt: '2026-01-01T00:00:02.000Z',
  summary: 's',
  failure: null,
} as const;

describe('records of any size', () => {
  test('come back as they were, also when they are larger than an item', async () => {
    const { store } = await openStore();
    const output = { files: Array.from({ length: 20_000 }, (_, index) => `apps/shop/src/file-${index}.ts`) };
    await store.putStageRun({ ...run, output });
    await store.recordResult('d', 'analyse', 'd1', { output, summary: 's' });
    await store.putReport('d', `# Größe\n${'| a | b |\n'.repeat(100_000)}`);
    expect(await store.listStageRuns('deploy-1')).toEqual([{ ...run, output }]);
    expect((await store.findResult('d', 'analyse', 'd1'))?.output).toEqual(output);
    expect(await store.findReport('d')).toHaveLength(1_000_008);
  });

  test('fail with AwsRefused, which says how large, when compressing does not help', async () => {
    const { store } = await openStore();
    const output = { noise: randomBytes(600_000).toString('base64') };
    await expect(store.putStageRun({ ...run, output })).rejects.toMatchObject({
      code: 'AwsRefused',
      message: expect.stringContaining('the output of the stage "analyse" is too large: 800 KB'),
    });
    expect(await store.listStageRuns('deploy-1')).toEqual([]);
  });

  test('fail with InternalError when they are damaged', async () => {
    const { store, client } = await openStore();
    const documents = DynamoDBDocumentClient.from(client);
    const Item = { ...deploymentKey('shop-abc234'), document: { id: 5 } };
    await documents.send(new BatchWriteCommand({ RequestItems: { [TABLE]: [{ PutRequest: { Item } }] } }));
    await expect(store.findDeployment('shop-abc234')).rejects.toThrow('a stored record is damaged');
  });
});

describe('long lists', () => {
  const at = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();

  /** DynamoDB answers with pages of 1 MB: forty such deployments are more than one page. */
  const failure = {
    stage: null,
    fault: 'platform',
    at: at(0),
    code: 'StackFailed',
    message: 'm',
    hint: 'h',
    logTail: ['l'.repeat(30_000)],
  } as const;

  test('are read to the end, newest first, in as many calls as there are pages', async () => {
    const open = await openStore();
    for (let index = 0; index < 40; index += 1) {
      const id = `shop-${index}`;
      await open.store.createDeployment(aDeployment({ id, name: id, createdAt: at(index), failure }));
    }
    const { store, proxy } = await storeThroughProxy(open, () => 'pass');
    closing.push(proxy.close);
    const everything = await store.listDeployments({ limit: Number.MAX_SAFE_INTEGER });
    expect(everything.map(({ id }) => id)).toEqual(
      Array.from({ length: 40 }, (_, index) => `shop-${39 - index}`),
    );
    expect(proxy.calls.map(({ action }: ProxiedCall) => action)).toEqual(['Query', 'Query']);
    expect(await store.listDeployments({ limit: 38 })).toEqual(everything.slice(0, 38));
    expect(await store.listDeployments({ limit: 2, includeDestroyed: true })).toEqual(everything.slice(0, 2));
    expect(await store.listDeployments({ limit: 0 })).toEqual([]);
  });

  test('of executions are newest first, also over all statuses', async () => {
    const { store } = await openStore();
    for (const index of [2, 0, 1]) {
      await store.createExecution(anExecution({ id: `deploy-${index}`, startedAt: at(index) }));
    }
    await store.updateExecution('deploy-1', { status: 'SUCCEEDED' });
    const ids = async (filter: Parameters<typeof store.listExecutions>[0]) =>
      (await store.listExecutions(filter)).map(({ id }) => id);
    expect(await ids({})).toEqual(['deploy-2', 'deploy-1', 'deploy-0']);
    expect(await ids({ deploymentId: 'shop-abc234', status: 'RUNNING' })).toEqual(['deploy-2', 'deploy-0']);
    expect(await ids({ status: 'SUCCEEDED' })).toEqual(['deploy-1']);
  });
});
