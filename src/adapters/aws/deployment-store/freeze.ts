import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { freezeRecord } from '../../../contracts/records.ts';
import type { Freeze } from '../../../domain/freeze.ts';
import { asked } from '../aws-failure.ts';
import { packed, unpacked } from './body.ts';
import { getItem, type StoreTable } from './items.ts';
import { FREEZE_KEY } from './keys.ts';

export async function putFreeze({ client, table }: StoreTable, freeze: Freeze | undefined): Promise<void> {
  const Item = { ...FREEZE_KEY, body: await packed(freeze ?? null, 'the freeze') };
  await asked(client.send(new PutCommand({ TableName: table, Item })), 'store the freeze');
}

export async function findFreeze(table: StoreTable): Promise<Freeze | undefined> {
  const item = await getItem(table, FREEZE_KEY, 'look up the freeze');
  const freeze = item && (await unpacked(freezeRecord.nullable(), item['body']));
  return freeze ?? undefined;
}
