import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { askedUnless } from '../aws-failure.ts';

/** Where `cdk bootstrap` writes which version it made. */
export const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** The version of what `cdk bootstrap` made in the account and region; undefined when it was never run. */
export async function bootstrapVersion(client: SSMClient): Promise<number | undefined> {
  const answer = await askedUnless(
    client.send(new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER })),
    ['ParameterNotFound'],
    'look for what `cdk bootstrap` makes',
  );
  const value = answer?.Parameter?.Value;
  return value === undefined ? undefined : Number(value);
}
