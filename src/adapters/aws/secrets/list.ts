import {
  ListSecretsCommand,
  type ListSecretsCommandOutput,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { asked } from '../aws-failure.ts';
import { MANAGED_BY_TAG, secretPrefix } from './names.ts';

export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  /** ISO time; null where that is not told. */
  readonly createdAt: string | null;
}

export const listSecrets = async (
  client: SecretsManagerClient,
  deploymentId: string,
): Promise<readonly string[]> =>
  (await ownSecrets(client, secretPrefix(deploymentId))).map(({ arn }) => arn).sort();

/** Those that HiveMind made itself, under a prefix; a stack keeps its own ones there too. */
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
