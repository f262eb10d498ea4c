import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import { resultRecord, stageRunRecord } from '../../../contracts/records.ts';
import { STAGE_NAMES, type StageName, type StageRun } from '../../../domain/stage.ts';
import type { RecordedResult } from '../../../ports/deployment-store.ts';
import { asked } from '../aws-failure.ts';
import { packed, unpacked } from './body.ts';
import { getItem, partitionQuery, queryItems, type StoreTable } from './items.ts';
import {
  deploymentPartition,
  executionPartition,
  resultKey,
  resultPrefix,
  STAGE_PREFIX,
  stageRunKey,
} from './keys.ts';

const PARALLEL_DELETIONS = 8;

export async function putStageRun({ client, table }: StoreTable, run: StageRun): Promise<void> {
  const body = await packed(run, `the output of the stage "${run.stage}"`);
  const Item = { ...stageRunKey(run.executionId, run.stage), body };
  await asked(
    client.send(new PutCommand({ TableName: table, Item })),
    `record the stage "${run.stage}" of ${run.executionId}`,
  );
}

/** In the order in which the stages started; those of one moment in the order of the workflow. */
export async function listStageRuns(table: StoreTable, executionId: string): Promise<readonly StageRun[]> {
  const runs: StageRun[] = [];
  const query = partitionQuery(executionPartition(executionId), STAGE_PREFIX);
  for await (const item of queryItems(table, query, `list the stages of ${executionId}`)) {
    runs.push(await unpacked(stageRunRecord, item['body']));
  }
  const place = ({ stage }: StageRun) => STAGE_NAMES.indexOf(stage);
  return runs.sort((a, b) =>
    a.startedAt === b.startedAt ? place(a) - place(b) : a.startedAt < b.startedAt ? -1 : 1,
  );
}

export async function recordResult(
  { client, table }: StoreTable,
  deploymentId: string,
  stage: StageName,
  digest: string,
  result: RecordedResult,
): Promise<void> {
  const body = await packed(result, `the result of the stage "${stage}"`);
  const Item = { ...resultKey(deploymentId, stage, digest), body };
  await asked(
    client.send(new PutCommand({ TableName: table, Item })),
    `record the result of the stage "${stage}" of ${deploymentId}`,
  );
}

export async function findResult(
  table: StoreTable,
  deploymentId: string,
  stage: StageName,
  digest: string,
): Promise<RecordedResult | undefined> {
  const what = `look up the result of the stage "${stage}" of ${deploymentId}`;
  const item = await getItem(table, resultKey(deploymentId, stage, digest), what);
  return item && unpacked(resultRecord, item['body']);
}

export async function forgetResults(
  table: StoreTable,
  deploymentId: string,
  stages?: readonly StageName[],
): Promise<void> {
  const prefixes = stages ? stages.map(resultPrefix) : [resultPrefix()];
  const lists = await Promise.all(prefixes.map((prefix) => resultKeys(table, deploymentId, prefix)));
  const limit = pLimit(PARALLEL_DELETIONS);
  await Promise.all(
    lists.flat().map((sk) =>
      limit(() => {
        const Key = { pk: deploymentPartition(deploymentId), sk };
        const removed = table.client.send(new DeleteCommand({ TableName: table.table, Key }));
        return asked(removed, `forget the results of ${deploymentId}`);
      }),
    ),
  );
}

async function resultKeys(table: StoreTable, deploymentId: string, prefix: string): Promise<string[]> {
  const query = {
    ...partitionQuery(deploymentPartition(deploymentId), prefix),
    ProjectionExpression: 'sk',
  };
  const keys: string[] = [];
  for await (const item of queryItems(table, query, `list the results of ${deploymentId}`)) {
    keys.push(String(item['sk']));
  }
  return keys;
}
