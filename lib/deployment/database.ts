import type { CfnParameter, Stack } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { EnvironmentStage } from '../../src/domain/deployment.ts';
import { type Blueprint, exportedOutput, imported, output, parameter, stackParameter } from './blueprint.ts';
import { ENGINES, type Engine, type EngineSettings } from './database-engines.ts';
import { addDatabaseInstance, DATABASE_SIZES } from './database-instance.ts';
import { addApplicationSecret, addMasterSecret } from './database-secrets.ts';
import { INSIDE } from './network.ts';

const variantOf = (engine: Engine, stage: EnvironmentStage): Blueprint => ({
  blueprint: 'database',
  variant: `${engine}-${stage}`,
  description: `HiveMind: a ${ENGINES[engine].title} database on RDS, reachable from its client security group only`,
  build: (stack) => buildDatabase(stack, ENGINES[engine], stage),
});

export const DATABASE_BLUEPRINTS: readonly Blueprint[] = [
  variantOf('postgres', 'stage-1'),
  variantOf('postgres', 'production'),
  variantOf('mysql', 'stage-1'),
  variantOf('mysql', 'production'),
];

export interface DatabaseSecurityGroups {
  readonly client: CfnSecurityGroup;
  readonly server: CfnSecurityGroup;
}

function buildDatabase(stack: Stack, engine: EngineSettings, stage: EnvironmentStage): void {
  const size = DATABASE_SIZES[stage];
  const network = stackParameter(stack, 'NetworkStack');
  const databaseName = parameter(stack, 'DatabaseName', {
    allowedPattern: '^[a-z][a-z0-9_]{0,62}$',
  }).valueAsString;
  const deploymentId = parameter(stack, 'DeploymentId').valueAsString;
  const groups = addSecurityGroups(stack, network, engine.port);
  const master = addMasterSecret(stack, deploymentId);
  const instance = addDatabaseInstance(stack, {
    engine,
    size,
    network,
    databaseName,
    master,
    securityGroup: groups.server,
  });
  const secret = addApplicationSecret(stack, { deploymentId, engine, instance, master, databaseName });
  const host = instance.attrEndpointAddress;
  output(stack, 'Host', host);
  output(stack, 'Port', instance.attrEndpointPort);
  output(stack, 'Secret', secret.ref);
  output(stack, 'Endpoint', `${engine.scheme}://${host}:${instance.attrEndpointPort}/${databaseName}`);
  exportedOutput(stack, 'InstanceId', instance.ref);
  // Both, whatever the stage: what another stack imports cannot change, and an upgrade changes the stage.
  exportedOutput(stack, 'Stage1ConnectionAlarm', String(engine.connectionAlarm['stage-1']));
  exportedOutput(stack, 'ProductionConnectionAlarm', String(engine.connectionAlarm.production));
  exportedOutput(stack, 'ClientSecurityGroupId', groups.client.attrGroupId);
}

/** Whoever carries the client group may connect, and nobody else. */
function addSecurityGroups(stack: Stack, network: CfnParameter, port: number): DatabaseSecurityGroups {
  const vpcId = imported(network, 'VpcId');
  const only = { ipProtocol: 'tcp', fromPort: port, toPort: port };
  const client = new CfnSecurityGroup(stack, 'ClientSecurityGroup', {
    groupDescription: 'Clients of the database',
    vpcId,
    securityGroupEgress: [{ ...only, cidrIp: INSIDE, description: 'the database' }],
  });
  const server = new CfnSecurityGroup(stack, 'SecurityGroup', {
    groupDescription: 'The database: from its clients only, to nowhere',
    vpcId,
    securityGroupIngress: [{ ...only, sourceSecurityGroupId: client.attrGroupId, description: 'clients' }],
    // CloudFormation opens everything when there is no rule: this one allows nothing that exists.
    securityGroupEgress: [
      { ipProtocol: 'icmp', fromPort: 252, toPort: 86, cidrIp: '255.255.255.255/32', description: 'nothing' },
    ],
  });
  return { client, server };
}
