import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Secrets } from '../../ports/secrets.ts';
import { getSecret } from './secrets/get.ts';
import { listSecrets } from './secrets/list.ts';
import { putSecret } from './secrets/put.ts';
import { removeSecrets } from './secrets/remove-all.ts';

/**
 * Secrets in AWS Secrets Manager; a reference is an ARN. Every version is a secret of its own, `hivemind/<deployment>/<name>-...`,
 * and stays until the secrets of the deployment are removed, because a rollback needs the values of its release.
 */
export const awsSecrets = (client: SecretsManagerClient): Secrets => ({
  put: (...order) => putSecret(client, ...order),
  get: (reference) => getSecret(client, reference),
  removeAll: (...order) => removeSecrets(client, ...order),
  list: (...order) => listSecrets(client, ...order),
});
