import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { printable } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import { awsErrorName } from '../aws-failure.ts';
import { secretFailure } from './secret-failure.ts';

const REFERENCE =
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:hivemind\/[A-Za-z0-9/_+=.@-]{1,500}$/;
const secretValues = z.record(z.string(), z.string());

/** Also one that is being deleted: `InvalidRequestException`. */
const GONE = ['ResourceNotFoundException', 'InvalidRequestException'];

/** @throws {HiveMindError} SecretNotFound */
export async function getSecret(
  client: SecretsManagerClient,
  reference: string,
): Promise<Readonly<Record<string, string>>> {
  if (!REFERENCE.test(reference)) throw secretNotFound(reference);
  const text = await secretText(client, reference);
  const values = text === undefined ? undefined : parsedValues(text);
  if (values) return values;
  throw secretNotFound(reference);
}

async function secretText(client: SecretsManagerClient, reference: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: reference }))).SecretString;
  } catch (error) {
    if (GONE.includes(awsErrorName(error) ?? '')) return undefined;
    throw secretFailure(error, `read the secret ${reference}`);
  }
}

/** Undefined for what is no set of values; a parser's error would quote them. */
function parsedValues(text: string): Readonly<Record<string, string>> | undefined {
  try {
    return secretValues.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const secretNotFound = (reference: string): HiveMindError =>
  new HiveMindError(
    'SecretNotFound',
    `the secret "${printable(reference.slice(0, 200))}" does not exist or cannot be read`,
    { hint: 'deploy again: the values of the environment are stored anew' },
  );
