import type { Stack } from 'aws-cdk-lib';
import type { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { accept } from '../accepted-finding.ts';
import { deploymentSecretName } from './blueprint.ts';
import type { EngineSettings } from './database-engines.ts';

export const MASTER_USER = 'hivemind';

/** The password, which CloudFormation reads without showing it. */
export const passwordOf = (master: CfnSecret): string =>
  `{{resolve:secretsmanager:${master.ref}:SecretString:password}}`;

/** What the server is made with: `{username, password}`. No character of the password needs escaping in an address. */
export function addMasterSecret(stack: Stack, deploymentId: string): CfnSecret {
  const secret = new CfnSecret(stack, 'MasterSecret', {
    name: deploymentSecretName(deploymentId, 'database-master'),
    description: 'Master user of the database',
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: MASTER_USER }),
      generateStringKey: 'password',
      passwordLength: 40,
      excludePunctuation: true,
    },
  });
  acceptSecret(secret);
  return secret;
}

interface Database {
  readonly deploymentId: string;
  readonly engine: EngineSettings;
  readonly instance: CfnDBInstance;
  readonly master: CfnSecret;
  readonly databaseName: string;
}

/**
 * Variables of the deployed application, the same as on the local platform: `DATABASE_URL`, and what the drivers of the engine
 * read (`PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE`, or `MYSQL_HOST` and so on).
 */
export function addApplicationSecret(stack: Stack, database: Database): CfnSecret {
  const { engine, instance, master, databaseName } = database;
  const [user, password] = [MASTER_USER, passwordOf(master)];
  const { attrEndpointAddress: host, attrEndpointPort: port } = instance;
  const names = engine.variables;
  const secret = new CfnSecret(stack, 'ApplicationSecret', {
    name: deploymentSecretName(database.deploymentId, 'database'),
    description: 'How the application reaches its database: environment variables',
    secretString: JSON.stringify({
      DATABASE_URL: `${engine.scheme}://${user}:${password}@${host}:${port}/${databaseName}${engine.urlParameters}`,
      [names.host]: host,
      [names.port]: port,
      [names.user]: user,
      [names.password]: password,
      [names.database]: databaseName,
      ...engine.furtherVariables,
    }),
  });
  acceptSecret(secret);
  return secret;
}

function acceptSecret(secret: CfnSecret): void {
  const rotation =
    'Instances read it when a release starts: a rotation behind their back would cut running releases off. Only instances of the deployment can read it, and only the client security group can reach the database with it.';
  accept(secret, {
    'AwsSolutions-SMG4': rotation,
    'NIST.800.53.R5-SecretsManagerRotationEnabled': rotation,
    'NIST.800.53.R5-SecretsManagerUsingKMSKey':
      'Encrypted with the account’s key for Secrets Manager, which only principals of this account may use through Secrets Manager. Nobody outside the account is meant to read it, which is what a key of its own would be for.',
  });
}
