import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { asked } from '../aws-failure.ts';

export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
}

/** Whose credentials these are; needs no permission. @throws {HiveMindError} NotSignedIn, CredentialsExpired */
export async function callerIdentity(client: STSClient): Promise<CallerIdentity> {
  const { Account = '', Arn = '' } = await asked(
    client.send(new GetCallerIdentityCommand({})),
    'find out whose AWS credentials these are',
  );
  return { accountId: Account, arn: Arn };
}
