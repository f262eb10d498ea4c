import { DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DatabaseSnapshots } from '../../../src/ports/database-snapshots.ts';
import { databaseSnapshotsContract } from '../../contracts/database-snapshots.contract.ts';
import { type Account, openAccount } from '../account.ts';
import { BlueprintDeployment } from '../blueprint-engine.ts';
import { snapshotsOf } from '../database-snapshots.ts';
import { type AwsProxy, type Fate, openProxy, type ProxiedCall } from '../proxy.ts';
import { refusal } from '../query-answers.ts';

const proxies: AwsProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

async function open() {
  const account = await openAccount();
  const deployment = await BlueprintDeployment.open(account);
  await deployment.network();
  const { name } = await deployment.database();
  return {
    account,
    snapshots: snapshotsOf(account),
    databaseStack: name,
    deploymentId: deployment.deploymentId,
  };
}

describe('database snapshots on RDS', () => {
  databaseSnapshotsContract(open);

  describe('of one database', () => {
    let account: Account;
    let databaseStack: string;
    beforeAll(async () => {
      ({ account, databaseStack } = await open());
    });

    async function behind(decide: (call: ProxiedCall) => Fate): Promise<DatabaseSnapshots> {
      const proxy = await openProxy(account, decide);
      proxies.push(proxy);
      return snapshotsOf(proxy.account);
    }

    const making = (status: string) => (body: string) =>
      body.replace(/<Status>\w+<\/Status>/, `<Status>${status}</Status>`);

    test('is not there while it is being made', async () => {
      let status = 'creating';
      const snapshots = await behind(({ action }) =>
        action === 'DescribeDBSnapshots' ? { rewrite: making(status) } : 'pass',
      );
      expect(await snapshots.create(databaseStack, 'slow', { patienceSeconds: 0.3 })).toBeUndefined();
      status = 'available';
      expect(await snapshots.create(databaseStack, 'slow', { patienceSeconds: 30 })).toMatchObject({
        location: expect.stringContaining(':snapshot:'),
        bytes: 20 * 1024 ** 3,
      });
    });

    test('fails with SnapshotFailed, and is made afresh after that', async () => {
      const failing = await behind(({ action }) =>
        action === 'DescribeDBSnapshots' ? { rewrite: making('failed') } : 'pass',
      );
      const failure = failing.create(databaseStack, 'failing', { patienceSeconds: 30 });
      await expect(failure).rejects.toMatchObject({ code: 'SnapshotFailed' });
      const snapshot = await snapshotsOf(account).create(databaseStack, 'failing', { patienceSeconds: 30 });
      expect(snapshot?.id).toMatch(/^hivemind-shop-abc234-database-/);
    });

    test('waits for a database that is busy', async () => {
      let busy = true;
      const snapshots = await behind(({ action }) =>
        action === 'CreateDBSnapshot' && busy
          ? refusal('InvalidDBInstanceState', 'it is backing-up')
          : 'pass',
      );
      expect(await snapshots.create(databaseStack, 'busy', { patienceSeconds: 0 })).toBeUndefined();
      busy = false;
      expect(await snapshots.create(databaseStack, 'busy', { patienceSeconds: 30 })).toBeDefined();
    });

    test.each([
      ['SnapshotQuotaExceeded', 'QuotaExceeded'],
      ['KMSKeyNotAccessibleFault', 'SnapshotFailed'],
      ['DBInstanceNotFound', 'StackNotFound'],
      ['ExpiredToken', 'CredentialsExpired'],
    ])('tells %s as %s', async (name, code) => {
      const snapshots = await behind(({ action }) =>
        action === 'CreateDBSnapshot' ? refusal(name, 'no') : 'pass',
      );
      const failure = snapshots.create(databaseStack, name, { patienceSeconds: 5 });
      await expect(failure).rejects.toMatchObject({ code, hint: expect.any(String) });
    });

    test('is made once when the answer to the request got lost', async () => {
      let lost = 0;
      const snapshots = await behind(({ action }) =>
        action === 'CreateDBSnapshot' && lost++ === 0 ? 'lose' : 'pass',
      );
      const snapshot = await snapshots.create(databaseStack, 'lost', { patienceSeconds: 30 });
      const { DBSnapshots } = await new RDSClient(account.settings).send(new DescribeDBSnapshotsCommand({}));
      const same = DBSnapshots?.filter(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier === snapshot?.id);
      expect(same).toHaveLength(1);
    });
  });
});
