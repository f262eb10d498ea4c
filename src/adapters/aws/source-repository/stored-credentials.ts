import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';
import { jsonOrUndefined } from '../../../domain/json.ts';
import { askedUnless } from '../aws-failure.ts';
import type { GitCredentials } from './git-http.ts';

const credentialsShape = z.object({ username: z.string(), password: z.string() });

const HOST = /^[a-z0-9.-]{1,253}(?::\d{1,5})?$/i;

/** What the operator has stored for a host as the secret `hivemind/git/<host>`: a user name and a password or token. */
export const storedCredentials =
  (client: SecretsManagerClient) =>
  async (host: string): Promise<GitCredentials | undefined> => {
    if (!HOST.test(host)) return undefined;
    const SecretId = `hivemind/git/${host.replace(':', '_')}`;
    const secret = await askedUnless(
      client.send(new GetSecretValueCommand({ SecretId })),
      ['ResourceNotFoundException'],
      `read the secret ${SecretId}`,
    );
    if (secret?.SecretString === undefined) return undefined;
    // A parser's error would quote the secret.
    const parsed = credentialsShape.safeParse(jsonOrUndefined(secret.SecretString));
    if (parsed.success) return parsed.data;
    throw new HiveMindError('SourceAccessDenied', `the secret ${SecretId} holds no credentials`, {
      hint: 'store {"username": "...", "password": "..."} in it',
    });
  };
