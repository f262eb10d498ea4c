import * as z from 'zod';
import { external } from '../external-program.ts';
import { PLACES } from '../places.ts';
import { InstanceFailure } from '../program-failure.ts';

export type Variables = Readonly<Record<string, string>>;

const answerShape = z.object({ SecretString: z.string() });
const variablesShape = z.record(z.string(), z.string());

export interface DatabaseAccess {
  readonly engine: 'postgres' | 'mysql';
  readonly variables: Variables;
}

/** The variables in a secret. @throws {InstanceFailure} it cannot be read; nothing of its value is said */
export async function secretVariables(reference: string): Promise<Variables> {
  const command = ['secretsmanager', 'get-secret-value', '--secret-id', reference, '--output', 'json'];
  const answer = await external('aws', command);
  try {
    return variablesShape.parse(JSON.parse(answerShape.parse(JSON.parse(answer)).SecretString));
  } catch {
    // A parser's error is not passed on: it would quote the value.
    throw new InstanceFailure('a secret is not a set of named texts');
  }
}

/** The variables of the database's secret, and where clients find the certificates to know the server by. */
export async function databaseAccess(reference: string): Promise<DatabaseAccess> {
  const variables = await secretVariables(reference);
  const isMySql = variables['DATABASE_URL']?.startsWith('mysql:') ?? false;
  return {
    engine: isMySql ? 'mysql' : 'postgres',
    variables: {
      // Node.js trusts the authorities of its own distribution only; this adds those of RDS.
      NODE_EXTRA_CA_CERTS: PLACES.databaseCertificates,
      ...(!isMySql && { PGSSLROOTCERT: PLACES.databaseCertificates }),
      ...variables,
    },
  };
}

/** Those of a database's variables that nobody may see. */
export const isConfidential = (name: string): boolean => name === 'DATABASE_URL' || name.endsWith('PASSWORD');
