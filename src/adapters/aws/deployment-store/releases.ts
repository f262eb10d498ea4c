import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { releaseRecord } from '../../../contracts/records.ts';
import type { Release } from '../../../domain/release.ts';
import { askedUnless } from '../aws-failure.ts';
import {
  CONDITION_FAILED,
  parseRecord,
  partitionQuery,
  queryItems,
  type StoreTable,
  untilWon,
} from './items.ts';
import { deploymentPartition, RELEASE_PREFIX, releaseKey } from './keys.ts';

/**
 * The next number is taken by writing the release under it, which fails when somebody else was first; the look at the releases
 * then shows theirs, which may be this one. So a number is given once, and a release has one number.
 */
export async function ensureRelease(table: StoreTable, release: Omit<Release, 'number'>): Promise<Release> {
  const { deploymentId } = release;
  return untilWon(async () => {
    const releases = await listReleases(table, deploymentId);
    const known = releases.find((other) => isSame(other, release));
    if (known) return known;
    const numbered = { ...release, number: (releases[0]?.number ?? 0) + 1 };
    return (await putNew(table, numbered)) ? numbered : undefined;
  }, `number the release of ${deploymentId}`);
}

const isSame = (a: Omit<Release, 'number'>, b: Omit<Release, 'number'>): boolean =>
  a.commit === b.commit && a.artifact === b.artifact && a.configuration === b.configuration;

async function putNew({ client, table }: StoreTable, release: Release): Promise<boolean> {
  const { deploymentId, number } = release;
  const stored = client.send(
    new PutCommand({
      TableName: table,
      Item: { ...releaseKey(deploymentId, number), document: release },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
  const what = `record the release ${number} of ${deploymentId}`;
  return (await askedUnless(stored, CONDITION_FAILED, what)) !== undefined;
}

/** Newest first. */
export async function listReleases(table: StoreTable, deploymentId: string): Promise<readonly Release[]> {
  const releases: Release[] = [];
  const query = {
    ...partitionQuery(deploymentPartition(deploymentId), RELEASE_PREFIX),
    ScanIndexForward: false,
  };
  for await (const item of queryItems(table, query, `list the releases of ${deploymentId}`)) {
    releases.push(parseRecord(releaseRecord, item['document']));
  }
  return releases;
}
