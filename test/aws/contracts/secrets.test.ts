import { inspect } from 'node:util';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, test } from '@jest/globals';
import { awsSecrets } from '../../../src/adapters/aws/secrets.ts';
import { secretsContract } from '../../contracts/secrets.contract.ts';
import { openAccount } from '../account.ts';
import { type Fate, openProxy, type ProxiedCall, throttled } from '../proxy.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open() {
  const account = await openAccount();
  const client = new SecretsManagerClient(account.settings);
  return { account, client, secrets: awsSecrets(client) };
}

/** Secrets, and the same ones behind a proxy that plays tricks. */
async function behind(decide: (call: ProxiedCall) => Fate) {
  const { account, client, secrets } = await open();
  const proxy = await openProxy(account, decide);
  closing.push(proxy.close);
  return { client, secrets, troubled: awsSecrets(new SecretsManagerClient(proxy.account.settings)) };
}

describe('secrets in Secrets Manager', () => {
  secretsContract(async () => (await open()).secrets);

  test('leave those of stacks alone', async () => {
    const { client, secrets } = await open();
    const Name = 'hivemind/shop-abc234/database-x1';
    const Tags = [{ Key: 'hivemind:deployment', Value: 'shop-abc234' }];
    const { ARN = '' } = await client.send(
      new CreateSecretCommand({ Name, SecretString: '{"p":"1"}', Tags }),
    );
    await secrets.put('shop-abc234', 'environment', { A: '1' });
    await secrets.removeAll('shop-abc234');
    expect(await secrets.list('shop-abc234')).toEqual([]);
    expect(await client.send(new GetSecretValueCommand({ SecretId: ARN }))).toMatchObject({ Name });
    expect(await secrets.get(ARN)).toEqual({ p: '1' });
  });

  test('are not mixed up with those of names that start alike', async () => {
    const { secrets } = await open();
    const settings = await secrets.put('shop-abc234', 'app-settings', { A: '1' });
    expect(await secrets.put('shop-abc234', 'app', { A: '1' })).not.toBe(settings);
    await secrets.put('shop-abc234-2', 'app', { A: '1' });
    expect(await secrets.list('shop-abc234')).toHaveLength(2);
  });

  test('fail with InvalidInput when they are larger than one secret, without quoting them', async () => {
    const { secrets } = await open();
    const failed = secrets.put('shop-abc234', 'environment', { BIG: 'hunter2'.repeat(10_000) });
    const failure: unknown = await failed.catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'InvalidInput' });
    expect(inspect(failure)).not.toContain('hunter2');
  });

  test.each(['..', 'a/b', '', 'ä', '!shop', 'a'.repeat(300)])(
    'fail with InvalidInput for the name %j',
    async (bad) => {
      const { secrets } = await open();
      await expect(secrets.put(bad, 'x', {})).rejects.toMatchObject({ code: 'InvalidInput' });
      await expect(secrets.put('shop', bad, {})).rejects.toMatchObject({ code: 'InvalidInput' });
      await expect(secrets.list(bad)).rejects.toMatchObject({ code: 'InvalidInput' });
      await expect(secrets.removeAll(bad)).rejects.toMatchObject({ code: 'InvalidInput' });
    },
  );

  describe('of the last five minutes, which the list may show as they were', () => {
    const listed = async (...arns: readonly string[]) => {
      const Tags = [{ Key: 'hivemind:managed-by', Value: 'control-plane' }];
      const SecretList = arns.map((ARN) => ({ ARN, Name: /:secret:(.*)-\w+$/.exec(ARN)?.[1], Tags }));
      const body = JSON.stringify({ SecretList });
      return behind(({ action }) => (action === 'ListSecrets' ? { status: 200, body } : 'pass'));
    };

    test('are found, and removed, when they are on record and not listed yet', async () => {
      const { troubled } = await listed();
      const young = await troubled.put('shop-abc234', 'environment', { A: '1' });
      expect(await troubled.put('shop-abc234', 'environment', { A: '1' }, [young])).toBe(young);
      expect(await troubled.list('shop-abc234', [young])).toEqual([young]);
      await troubled.removeAll('shop-abc234', [young]);
      await expect(troubled.get(young)).rejects.toMatchObject({ code: 'SecretNotFound' });
    });

    test('are gone when they are removed and listed still', async () => {
      const { secrets } = await listed();
      const gone = await secrets.put('shop-abc234', 'environment', { A: '1' });
      const { troubled } = await listed(gone);
      expect(await troubled.list('shop-abc234')).toEqual([]);
      await troubled.removeAll('shop-abc234');
      expect(await troubled.put('shop-abc234', 'environment', { A: '1' })).not.toBe(gone);
    });
  });

  test('are gone when they are planned for deletion', async () => {
    const { client, secrets } = await open();
    const SecretId = await secrets.put('shop-abc234', 'environment', { A: '1' });
    await client.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
    expect(await secrets.list('shop-abc234', [SecretId])).toEqual([]);
  });

  test('never appear in an error, even when the answer with them is damaged', async () => {
    const { secrets, troubled } = await behind(({ action }) =>
      action === 'GetSecretValue'
        ? { status: 200, body: '{"SecretString":"{\\"KEY\\":\\"hunter2\\"}", hunter2' }
        : 'pass',
    );
    const reference = await secrets.put('shop-abc234', 'environment', { KEY: 'hunter2' });
    const failure: unknown = await troubled.get(reference).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'AwsRefused' });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('hunter2');
  });

  test('are stored once although the answer was lost', async () => {
    let lost = 0;
    const { secrets, troubled } = await behind(({ action }) => {
      if (action !== 'CreateSecret' && action !== 'DeleteSecret') return 'pass';
      lost += 1;
      return lost % 2 === 1 ? 'lose' : 'pass';
    });
    const reference = await troubled.put('shop-abc234', 'environment', { A: '1' });
    expect(await secrets.list('shop-abc234')).toEqual([reference]);
    await troubled.removeAll('shop-abc234');
    expect(await secrets.list('shop-abc234')).toEqual([]);
    expect(lost).toBe(4);
  });

  test('outlast a storm of throttling', async () => {
    let count = 0;
    const { troubled } = await behind((call) => {
      count += 1;
      return count % 3 === 0 ? throttled(call) : 'pass';
    });
    const reference = await troubled.put('shop-abc234', 'environment', { A: '1' });
    expect(await troubled.put('shop-abc234', 'environment', { A: '1' })).toBe(reference);
    await troubled.removeAll('shop-abc234');
    await expect(troubled.get(reference)).rejects.toMatchObject({ code: 'SecretNotFound' });
  });
});
