import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { findArtifact } from '../../src/adapters/aws/artifact-store/find.ts';
import type { ClientSettings } from '../../src/adapters/aws/client-settings.ts';
import type { ControlPlane } from '../../src/adapters/aws/control-plane.ts';
import { listInstances } from '../../src/adapters/aws/instance-commands.ts';
import { awsResourceInventory } from '../../src/adapters/aws/resource-inventory.ts';
import { healthOf } from '../../src/adapters/aws/traffic-router/health.ts';
import { weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { operatorFleet } from './aws-fleet.ts';
import type { ControlPlanePlatform } from './control-plane-platform.ts';

type Upkeep = Pick<ControlPlanePlatform, 'artifacts' | 'inventory' | 'router' | 'instances'>;

/** What looking after deployments takes: it reads, and removes nothing that is infrastructure; the agents do that. */
export function upkeepOf(settings: ClientSettings, controlPlane: ControlPlane, clock: Clock): Upkeep {
  const { artifactBucket: bucket, logGroup } = controlPlane;
  const s3 = new S3Client(settings);
  const fleet = operatorFleet(settings, controlPlane, clock);
  const routing = {
    cloudFormation: new CloudFormationClient(settings),
    loadBalancing: new ElasticLoadBalancingV2Client(settings),
  };
  return {
    artifacts: { find: (id) => findArtifact({ s3, bucket }, id) },
    instances: { list: (stack) => listInstances(fleet, stack) },
    router: {
      weights: (loadBalancer) => weightsOf(routing, loadBalancer),
      health: (loadBalancer, color) => healthOf(routing, loadBalancer, color),
    },
    inventory: awsResourceInventory({
      ...routing,
      autoScaling: fleet.autoScaling,
      ec2: fleet.ec2,
      s3,
      bucket,
      cloudWatch: new CloudWatchClient(settings),
      logs: new CloudWatchLogsClient(settings),
      rds: new RDSClient(settings),
      secretsManager: new SecretsManagerClient(settings),
      tagging: new ResourceGroupsTaggingAPIClient(settings),
      controlPlane: { logGroup },
    }),
  };
}
