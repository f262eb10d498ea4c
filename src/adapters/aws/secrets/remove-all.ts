import { DeleteSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { askedUnless } from '../aws-failure.ts';
import { knownSecrets } from './list.ts';

/** At once and for good: the deployment is gone. Those of its stacks go with them. */
export async function removeSecrets(
  client: SecretsManagerClient,
  deploymentId: string,
  recorded: readonly string[] = [],
): Promise<void> {
  for (const arn of await knownSecrets(client, deploymentId, recorded)) {
    const removed = client.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    await askedUnless(removed, ['ResourceNotFoundException'], `remove the secret ${arn}`);
  }
}
