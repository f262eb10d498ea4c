import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { askedUnless } from '../aws-failure.ts';

/** Whether a secret is there, which only a look at it tells: the list may show the last five minutes as they were. */
export async function secretExists(client: SecretsManagerClient, arn: string): Promise<boolean> {
  const answer = await askedUnless(
    client.send(new DescribeSecretCommand({ SecretId: arn })),
    ['ResourceNotFoundException'],
    `look at the secret ${arn}`,
  );
  return answer !== undefined && answer.DeletedDate === undefined;
}

/** Those that are there. */
export async function existingSecrets<T extends { readonly arn: string }>(
  client: SecretsManagerClient,
  secrets: readonly T[],
): Promise<readonly T[]> {
  const isThere = await Promise.all(secrets.map(({ arn }) => secretExists(client, arn)));
  return secrets.filter((_, index) => isThere[index]);
}
