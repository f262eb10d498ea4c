import {
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DatabaseSnapshots, FinalSnapshot } from '../../src/ports/database-snapshots.ts';
import { type Account, openAccount } from './account.ts';
import { BlueprintDeployment } from './blueprint-engine.ts';
import { snapshotNames, snapshotsOf } from './database-snapshots.ts';
import { type AwsProxy, type Fate, openProxy, type ProxiedCall } from './proxy.ts';
import { refusal } from './query-answers.ts';

const STACK = 'shop-abc234-database';
const SINCE = '2026-01-01T00:00:00.000Z';
const patience = { patienceSeconds: 20 };

let account: Account;
let proxy: AwsProxy;
let tell: (call: ProxiedCall) => Fate;
let rds: RDSClient;
let snapshots: DatabaseSnapshots;
let deployment: BlueprintDeployment;

beforeEach(async () => {
  account = await openAccount();
  tell = () => 'pass';
  proxy = await openProxy(account, (call) => tell(call));
  rds = new RDSClient(account.settings);
  snapshots = snapshotsOf(proxy.account);
  deployment = await BlueprintDeployment.open(account);
  await deployment.network();
  await deployment.database();
});
afterEach(() => proxy.close());

const names = () => snapshotNames(account);

const removeFinal = (change: Partial<FinalSnapshot> = {}, within = patience) =>
  snapshots.removeFinal({ databaseStack: STACK, since: SINCE, copy: null, ...change }, within);

const removeStack = () => deployment.engine.remove(STACK, patience);

async function saved(): Promise<{ readonly id: string; readonly location: string }> {
  const snapshot = await snapshots.create(STACK, 'token', patience);
  if (!snapshot) throw new Error('the snapshot is still being made');
  return snapshot;
}

const FINAL = expect.stringMatching(/^shop-abc234-database-snapshot-instance-[a-z0-9]{13}$/);

describe('the final snapshot that CloudFormation makes of a database', () => {
  test('goes when another was made instead, which stays', async () => {
    const { id, location: copy } = await saved();
    await removeStack();
    expect(await names()).toEqual([id, FINAL]);
    expect(await removeFinal({ copy })).toBe(true);
    expect(await names()).toEqual([id]);
    expect(await removeFinal({ copy })).toBe(true);
    expect(await names()).toEqual([id]);
  });

  test('goes when none is wanted', async () => {
    await removeStack();
    expect(await names()).toEqual([FINAL]);
    expect(await removeFinal()).toBe(true);
    expect(await names()).toEqual([]);
  });

  test('stays when the one that was made instead is gone', async () => {
    const { id, location: copy } = await saved();
    await removeStack();
    await rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id }));
    expect(await removeFinal({ copy })).toBe(true);
    expect(await names()).toEqual([FINAL]);
  });

  test('stays when the one that was made instead is of another database', async () => {
    const { id, location: copy } = await saved();
    await removeStack();
    tell = ({ body }) =>
      body.includes(`DBSnapshotIdentifier=${id}`)
        ? { rewrite: (answer) => answer.replace(/<DbiResourceId>[^<]*/, '<DbiResourceId>db-OTHER') }
        : 'pass';
    expect(await removeFinal({ copy })).toBe(true);
    expect(await names()).toEqual([id, FINAL]);
  });

  test('stays when it is older than the removal', async () => {
    await removeStack();
    expect(await removeFinal({ since: '2999-01-01T00:00:00.000Z' })).toBe(true);
    expect(await names()).toEqual([FINAL]);
  });

  test('is waited for while it is being made, and looked at again while it is busy', async () => {
    await removeStack();
    const status = (text: string) => (answer: string) =>
      answer.replace(/<Status>\w+</, `<Status>${text}<`).replace(/<SnapshotCreateTime>[^<]*<\/\w+>/, '');
    tell = ({ action }) => (action === 'DescribeDBSnapshots' ? { rewrite: status('creating') } : 'pass');
    expect(await removeFinal({}, { patienceSeconds: 0 })).toBe(false);
    tell = ({ action }) =>
      action === 'DeleteDBSnapshot' ? refusal('InvalidDBSnapshotState', 'it is busy') : 'pass';
    expect(await removeFinal({}, { patienceSeconds: 0 })).toBe(false);
    expect(await names()).toEqual([FINAL]);
    let lost = 0;
    tell = ({ action }) => (action === 'DeleteDBSnapshot' && lost++ === 0 ? 'lose' : 'pass');
    expect(await removeFinal()).toBe(true);
    expect(await names()).toEqual([]);
  });

  test('is not waited for without end when somebody keeps it busy', async () => {
    await removeStack();
    const longAgo = '<SnapshotCreateTime>2021-01-01T00:00:00Z</SnapshotCreateTime>';
    tell = ({ action }) => {
      if (action === 'DeleteDBSnapshot') return refusal('InvalidDBSnapshotState', 'it is copied');
      return action === 'DescribeDBSnapshots'
        ? { rewrite: (answer) => answer.replace(/<SnapshotCreateTime>.*?<\/SnapshotCreateTime>/s, longAgo) }
        : 'pass';
    };
    await expect(removeFinal({ since: '2020-01-01T00:00:00.000Z' })).rejects.toMatchObject({
      code: 'AwsRefused',
      message: expect.stringContaining('it is copied'),
    });
  });

  test('is found on the last page too', async () => {
    await removeStack();
    const page = (body: string) => !body.includes('Marker=');
    tell = ({ action, body }) =>
      action === 'DescribeDBSnapshots' && page(body)
        ? {
            rewrite: (answer) =>
              answer.replace(
                /<DBSnapshots>.*<\/DBSnapshots>/s,
                '<Marker>more</Marker><DBSnapshots></DBSnapshots>',
              ),
          }
        : 'pass';
    expect(await removeFinal()).toBe(true);
    expect(await names()).toEqual([]);
  });

  test('is told from all others of its database and of databases that are named alike', async () => {
    const others = [
      [STACK, 'kept'],
      [STACK, `${STACK}-before-the-move`],
      [STACK, `${STACK}-snapshot-hand`],
      [STACK, `${STACK}-snapshot-before-theupgrade`],
      [STACK, `${STACK}-snapshot-instance-1-by-hand`],
      [STACK, `${STACK}-snapshot-instance-tagged0tagged`],
      [`${STACK}-snapshot-instance`, `${STACK}-snapshot-instance-abc123abc123`],
      [
        `${STACK}-snapshot-x-abc234-database`,
        `${STACK}-snapshot-x-abc234-database-snapshot-instance-1a2b3c4d5e6f`,
      ],
    ] as const;
    for (const name of new Set(others.map(([database]) => database))) {
      if (name !== STACK) await makeDatabase(name);
    }
    for (const [DBInstanceIdentifier, DBSnapshotIdentifier] of others) {
      await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier }));
    }
    await tagAsOwn(`${STACK}-snapshot-instance-tagged0tagged`);
    await removeStack();
    expect(await names()).toHaveLength(others.length + 1);
    expect(await removeFinal()).toBe(true);
    expect(await names()).toEqual(others.map(([, id]) => id).toSorted());
  });
});

const makeDatabase = (DBInstanceIdentifier: string) =>
  rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'admin1',
      MasterUserPassword: 'password1',
    }),
  );

async function tagAsOwn(id: string): Promise<void> {
  const Tags = [{ Key: 'hivemind:managed-by', Value: 'control-plane' }];
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id }));
  const ResourceName = DBSnapshots[0]?.DBSnapshotArn;
  await rds.send(new AddTagsToResourceCommand({ ResourceName, Tags }));
}
