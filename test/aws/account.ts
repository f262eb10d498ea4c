import { randomInt } from 'node:crypto';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type ClientSettings, clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { HiveMindError } from '../../src/domain/errors.ts';

/** An account of the emulator that nobody else uses. */
export interface Account {
  readonly accountId: string;
  readonly endpoint: string;
  /** For `new XxxClient(account.settings)`. */
  readonly settings: ClientSettings & Required<Pick<ClientSettings, 'region' | 'credentials' | 'endpoint'>>;
  /** For a program of its own: what it finds the account by. */
  readonly environment: Readonly<Record<string, string>>;
}

export const REGION = 'eu-west-1';

/** Opens an account on the emulator that `global-setup.ts` started. Accounts share nothing. */
export async function openAccount(
  region: string = REGION,
  endpoint: string | undefined = process.env['HIVEMIND_TEST_MOTO'],
): Promise<Account> {
  if (!endpoint) {
    throw new HiveMindError('ToolMissing', 'the AWS emulator is not running', {
      hint: 'run these tests with `npm run test:aws`, which starts moto_server',
    });
  }
  const accountId = String(randomInt(100_000_000_000, 999_999_999_999));
  const sts = new STSClient({
    ...clientSettings({ region, endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  });
  const RoleArn = `arn:aws:iam::${accountId}:role/test`;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
  sts.destroy();
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return accountAt({ endpoint, region, accountId, credentials });
}

/** The same account through another door, for instance a proxy. */
export const through = (account: Account, endpoint: string): Account =>
  accountAt({
    endpoint,
    region: account.settings.region,
    accountId: account.accountId,
    credentials: account.settings.credentials,
  });

function accountAt({
  endpoint,
  region,
  accountId,
  credentials,
}: {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: NonNullable<ClientSettings['credentials']>;
}): Account {
  const settings = { ...clientSettings({ region, endpoint, credentials }), region, endpoint, credentials };
  return {
    accountId,
    endpoint,
    settings: Object.assign(settings, { forcePathStyle: true }),
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    },
  };
}
