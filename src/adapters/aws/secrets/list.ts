import {
  ListSecretsCommand,
  type ListSecretsCommandOutput,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { asked } from '../aws-failure.ts';
import { MANAGED_BY_TAG } from '../stack-engine/names.ts';
import { existingSecrets } from './existence.ts';
import { nameIn, secretPrefix } from './names.ts';

export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  /** ISO time; null where that is not told. */
  readonly createdAt: string | null;
}

export async function listSecrets(
  client: SecretsManagerClient,
  deploymentId: string,
  recorded: readonly string[] = [],
): Promise<readonly string[]> {
  const known = await knownSecrets(client, deploymentId, recorded);
  const there = await existingSecrets(
    client,
    known.map((arn) => ({ arn })),
  );
  return there.map(({ arn }) => arn).sort();
}

/** What is listed, and what is on record and perhaps too young for the list; some of it may be gone. */
export async function knownSecrets(
  client: SecretsManagerClient,
  deploymentId: string,
  recorded: readonly string[],
): Promise<readonly string[]> {
  const prefix = secretPrefix(deploymentId);
  const listed = (await ownSecrets(client, prefix)).map(({ arn }) => arn);
  return [...new Set([...listed, ...recorded.filter((reference) => nameIn(reference).startsWith(prefix))])];
}

/**
 * Those that HiveMind made itself, under a prefix; a stack keeps its own ones there too. One that was made or removed in the last five
 * minutes may be missing, or be listed still.
 */
export async function ownSecrets(
  client: SecretsManagerClient,
  prefix: string,
): Promise<readonly StoredSecret[]> {
  const found: StoredSecret[] = [];
  let from: string | undefined;
  do {
    const Filters = [{ Key: 'name' as const, Values: [prefix] }];
    const page: ListSecretsCommandOutput = await asked(
      client.send(new ListSecretsCommand({ Filters, NextToken: from })),
      `list the secrets under ${prefix}`,
    );
    found.push(...(page.SecretList ?? []).flatMap((entry) => ownSecret(entry, prefix)));
    from = page.NextToken;
  } while (from !== undefined);
  return found;
}

function ownSecret(
  { ARN: arn, Name: name, CreatedDate, Tags = [] }: SecretListEntry,
  prefix: string,
): StoredSecret[] {
  const createdAt = CreatedDate?.toISOString() ?? null;
  const { Key, Value } = MANAGED_BY_TAG;
  const isOurs = Tags.some((tag) => tag.Key === Key && tag.Value === Value);
  return arn !== undefined && name?.startsWith(prefix) && isOurs ? [{ arn, name, createdAt }] : [];
}
