import { DeleteSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { askedUnless } from '../aws-failure.ts';
import { ownSecrets } from './list.ts';
import { secretPrefix } from './names.ts';

/** At once and for good: the deployment is gone. Those of its stacks go with them. */
export async function removeSecrets(client: SecretsManagerClient, deploymentId: string): Promise<void> {
  for (const { arn } of await ownSecrets(client, secretPrefix(deploymentId))) {
    const removed = client.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    await askedUnless(removed, ['ResourceNotFoundException'], `remove the secret ${arn}`);
  }
}
