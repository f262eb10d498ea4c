import { Aws, CfnDeletionPolicy, type CfnParameter, type Stack } from 'aws-cdk-lib';
import type { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnDBInstance,
  type CfnDBInstanceProps,
  CfnDBParameterGroup,
  CfnDBSubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { EnvironmentStage } from '../../src/domain/deployment.ts';
import { accept } from '../accepted-finding.ts';
import { importedList } from './blueprint.ts';
import type { EngineSettings } from './database-engines.ts';
import { addDatabaseLogs } from './database-logs.ts';
import { addMetricsRole } from './database-metrics-role.ts';
import { MASTER_USER, passwordOf } from './database-secrets.ts';

export interface DatabaseSize {
  readonly instanceClass: string;
  readonly multiAz: boolean;
  readonly backupDays: number;
  /** Has to be turned off before the stack can be deleted. */
  readonly deletionProtection: boolean;
  readonly performanceInsights: boolean;
}

export const DATABASE_SIZES = {
  'stage-1': {
    instanceClass: 'db.t4g.micro',
    multiAz: false,
    backupDays: 0,
    deletionProtection: false,
    performanceInsights: false,
  },
  production: {
    instanceClass: 'db.t4g.medium',
    multiAz: true,
    backupDays: 14,
    deletionProtection: true,
    performanceInsights: true,
  },
} as const satisfies Record<EnvironmentStage, DatabaseSize>;

/** GiB at the start, and how far storage may grow by itself. */
export const STORAGE = { first: 20, most: 100 };

export interface DatabaseInstanceProps {
  readonly engine: EngineSettings;
  readonly size: DatabaseSize;
  readonly network: CfnParameter;
  readonly databaseName: string;
  readonly master: CfnSecret;
  readonly securityGroup: CfnSecurityGroup;
}

/** The instance is named like its stack: so its log groups are known beforehand, and end with it. */
export function addDatabaseInstance(stack: Stack, props: DatabaseInstanceProps): CfnDBInstance {
  const { engine, size, network, databaseName, master, securityGroup } = props;
  const instance = new CfnDBInstance(stack, 'Instance', {
    dbInstanceIdentifier: Aws.STACK_NAME,
    ...engineProps(stack, engine),
    ...sizeProps(size),
    dbName: databaseName,
    masterUsername: MASTER_USER,
    masterUserPassword: passwordOf(master),
    enableIamDatabaseAuthentication: true,
    publiclyAccessible: false,
    vpcSecurityGroups: [securityGroup.attrGroupId],
    dbSubnetGroupName: new CfnDBSubnetGroup(stack, 'SubnetGroup', {
      dbSubnetGroupDescription: 'Isolated subnets: no way to or from the internet',
      subnetIds: importedList(network, 'IsolatedSubnetIds'),
    }).ref,
    monitoringInterval: 60,
    monitoringRoleArn: addMetricsRole(stack).attrArn,
  });
  instance.cfnOptions.deletionPolicy = CfnDeletionPolicy.SNAPSHOT;
  instance.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.SNAPSHOT;
  for (const group of addDatabaseLogs(stack, engine.logs)) instance.addResourceDependency(group);
  acceptFindings(instance, engine, size);
  return instance;
}

const engineProps = (stack: Stack, engine: EngineSettings): CfnDBInstanceProps => ({
  engine: engine.engine,
  engineVersion: engine.version,
  autoMinorVersionUpgrade: true,
  allowMajorVersionUpgrade: false,
  port: String(engine.port),
  enableCloudwatchLogsExports: [...engine.logs],
  dbParameterGroupName: new CfnDBParameterGroup(stack, 'ParameterGroup', {
    description: 'TLS is required, slow statements are logged',
    family: engine.parameterGroupFamily,
    parameters: engine.parameters,
  }).ref,
});

const sizeProps = (size: DatabaseSize): CfnDBInstanceProps => ({
  dbInstanceClass: size.instanceClass,
  multiAz: size.multiAz,
  allocatedStorage: String(STORAGE.first),
  maxAllocatedStorage: STORAGE.most,
  storageType: 'gp3',
  storageEncrypted: true,
  backupRetentionPeriod: size.backupDays,
  copyTagsToSnapshot: true,
  deletionProtection: size.deletionProtection,
  ...(size.performanceInsights && {
    enablePerformanceInsights: true,
    databaseInsightsMode: 'standard',
    performanceInsightsRetentionPeriod: 7,
  }),
});

function acceptFindings(instance: CfnDBInstance, engine: EngineSettings, size: DatabaseSize): void {
  accept(instance, {
    'AwsSolutions-RDS11':
      'Another port hides nothing from who may connect at all, which is the client security group; drivers and the application expect this one.',
    'NIST.800.53.R5-RDSInBackupPlan':
      'RDS takes backups by itself in production, and a snapshot at deletion everywhere; a backup plan of the account can select databases by their tags.',
  });
  if (!size.multiAz) {
    const cheap =
      'Stage 1 is the cheap one, asked for by name and without data that matters; production has it. Deletion leaves a snapshot all the same.';
    accept(instance, {
      'AwsSolutions-RDS3': cheap,
      'AwsSolutions-RDS10': cheap,
      'AwsSolutions-RDS13': cheap,
      'NIST.800.53.R5-RDSMultiAZSupport': cheap,
      'NIST.800.53.R5-RDSInstanceDeletionProtectionEnabled': cheap,
      'NIST.800.53.R5-RDSInstanceBackupEnabled': cheap,
    });
  }
  if (engine.engine === 'mysql') {
    accept(instance, {
      'NIST.800.53.R5-RDSLoggingEnabled[LogExport::general]':
        'The general log holds every statement with its values, personal data and passwords among them.',
      'NIST.800.53.R5-RDSLoggingEnabled[LogExport::audit]':
        'Needs an option group with a plugin that logs statements with their values; connections are in the error log.',
    });
  }
}
