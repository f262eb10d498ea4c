import { randomBytes, randomUUID } from 'node:crypto';
import { CreateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { HiveMindError } from '../../../domain/errors.ts';
import { canonicalJson } from '../../../domain/json.ts';
import { MANAGED_BY_TAG, TAG } from '../stack-engine/names.ts';
import { getSecret } from './get.ts';
import { ownSecrets } from './list.ts';
import { nameIn, versionPrefix } from './names.ts';
import { secretFailure } from './secret-failure.ts';

/** What Secrets Manager keeps in one secret. */
const MAX_BYTES = 65_536;

/**
 * A new secret, or the version that has these values already. Versions are told apart by reading them: a digest in the name would
 * let values of few possibilities be guessed. Those on record come first, because the list may not know them yet.
 * @throws {HiveMindError} InvalidInput: the values are too large together
 */
export async function putSecret(
  client: SecretsManagerClient,
  deploymentId: string,
  name: string,
  values: Readonly<Record<string, string>>,
  recorded: readonly string[] = [],
): Promise<string> {
  const prefix = versionPrefix(deploymentId, name);
  const text = canonicalJson(values);
  if (Buffer.byteLength(text) > MAX_BYTES) throw tooLarge(Buffer.byteLength(text));
  const known = recorded.filter((reference) => isVersionOf(prefix, nameIn(reference)));
  const stored =
    (await holding(client, known, text)) ??
    (await holding(client, await listedVersions(client, prefix, known), text));
  if (stored !== undefined) return stored;
  return create(client, { deploymentId, name: `${prefix}${randomBytes(6).toString('hex')}`, text });
}

const listedVersions = async (
  client: SecretsManagerClient,
  prefix: string,
  known: readonly string[],
): Promise<readonly string[]> =>
  (await ownSecrets(client, prefix))
    .filter(({ arn, name }) => isVersionOf(prefix, name) && !known.includes(arn))
    .map(({ arn }) => arn);

/** `app-0123456789ab` is a version of `app`, not one of `app-settings`. */
const isVersionOf = (prefix: string, name: string): boolean =>
  name.startsWith(prefix) && /^[0-9a-f]{12}$/.test(name.slice(prefix.length));

/** The first of these that has exactly this content. */
async function holding(
  client: SecretsManagerClient,
  references: readonly string[],
  text: string,
): Promise<string | undefined> {
  for (const reference of references) if (await holds(client, reference, text)) return reference;
  return undefined;
}

async function holds(client: SecretsManagerClient, reference: string, text: string): Promise<boolean> {
  try {
    return canonicalJson(await getSecret(client, reference)) === text;
  } catch (error) {
    // Removed since it was listed or recorded.
    if (error instanceof HiveMindError && error.code === 'SecretNotFound') return false;
    throw error;
  }
}

/** The token makes a call whose answer was lost the same call again. */
async function create(
  client: SecretsManagerClient,
  secret: { readonly deploymentId: string; readonly name: string; readonly text: string },
): Promise<string> {
  const { deploymentId, name, text } = secret;
  const what = `store the secret ${name}`;
  try {
    const { ARN } = await client.send(
      new CreateSecretCommand({
        Name: name,
        ClientRequestToken: randomUUID(),
        SecretString: text,
        Tags: [{ Key: TAG.deployment, Value: deploymentId }, { ...MANAGED_BY_TAG }],
      }),
    );
    if (ARN !== undefined) return ARN;
    throw new Error('the answer has no ARN');
  } catch (error) {
    throw secretFailure(error, what);
  }
}

const tooLarge = (bytes: number): HiveMindError =>
  new HiveMindError(
    'InvalidInput',
    `the environment has ${Math.ceil(bytes / 1024)} KiB, and AWS Secrets Manager keeps ${MAX_BYTES / 1024} KiB`,
    {
      hint: 'put large values, such as certificates or data, into files or a bucket, and their place into the environment',
    },
  );
