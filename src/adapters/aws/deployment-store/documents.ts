import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { findingShape } from '../../../contracts/api.ts';
import { checkShape } from '../../../contracts/deployment.ts';
import type { ControlFinding, VerificationCheck } from '../../../domain/verification.ts';
import { asked } from '../aws-failure.ts';
import { packed, unpacked } from './body.ts';
import { getItem, type StoreTable } from './items.ts';
import { documentKey } from './keys.ts';

export const putVerification = (
  table: StoreTable,
  deploymentId: string,
  checks: readonly VerificationCheck[],
): Promise<void> => putDocument(table, deploymentId, 'verification', checks);

export const findVerification = async (
  table: StoreTable,
  deploymentId: string,
): Promise<readonly VerificationCheck[]> =>
  (await findDocument(table, z.array(checkShape), deploymentId, 'verification')) ?? [];

export const putFindings = (
  table: StoreTable,
  deploymentId: string,
  findings: readonly ControlFinding[],
): Promise<void> => putDocument(table, deploymentId, 'findings', findings);

export const findFindings = async (
  table: StoreTable,
  deploymentId: string,
): Promise<readonly ControlFinding[]> =>
  (await findDocument(table, z.array(findingShape), deploymentId, 'findings')) ?? [];

export const putReport = (table: StoreTable, deploymentId: string, markdown: string): Promise<void> =>
  putDocument(table, deploymentId, 'report', markdown);

export const findReport = (table: StoreTable, deploymentId: string): Promise<string | undefined> =>
  findDocument(table, z.string(), deploymentId, 'report');

type DocumentKind = 'verification' | 'findings' | 'report';

async function putDocument(
  { client, table }: StoreTable,
  deploymentId: string,
  kind: DocumentKind,
  document: unknown,
): Promise<void> {
  const Item = {
    ...documentKey(deploymentId, kind),
    body: await packed(document, `the ${kind} of ${deploymentId}`),
  };
  await asked(
    client.send(new PutCommand({ TableName: table, Item })),
    `store the ${kind} of ${deploymentId}`,
  );
}

async function findDocument<T>(
  table: StoreTable,
  shape: z.ZodType<T>,
  deploymentId: string,
  kind: DocumentKind,
): Promise<T | undefined> {
  const item = await getItem(
    table,
    documentKey(deploymentId, kind),
    `look up the ${kind} of ${deploymentId}`,
  );
  return item && unpacked(shape, item['body']);
}
