import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import type { ClientSettings } from '../../src/adapters/aws/client-settings.ts';
import type { ControlPlane } from '../../src/adapters/aws/control-plane.ts';
import { awsCosts } from '../../src/adapters/aws/costs.ts';
import { listSnapshots } from '../../src/adapters/aws/database-snapshots/list.ts';
import { awsDeploymentStore } from '../../src/adapters/aws/deployment-store.ts';
import { listInstances } from '../../src/adapters/aws/instance-commands.ts';
import { awsSecrets } from '../../src/adapters/aws/secrets.ts';
import { describeStack, listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { awsTelemetry } from '../../src/adapters/aws/telemetry.ts';
import { awsWorkflowRunner } from '../../src/adapters/aws/workflow-runner.ts';
import type { Home } from '../../src/adapters/local/home.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { polledEvents } from './aws-event-feed.ts';
import { operatorFleet } from './aws-fleet.ts';
import { createAwsModels } from './aws-models.ts';
import { publishFromHere } from './aws-publishing.ts';
import { upkeepOf } from './aws-upkeep.ts';
import type { ControlPlanePlatform } from './control-plane-platform.ts';

export interface AwsPlatformOptions {
  readonly settings: ClientSettings;
  readonly controlPlane: ControlPlane;
  /** Of the operator's machine: where its git keeps copies of what is published. */
  readonly home: Home;
}

/** A command that waits for AWS has nothing else that keeps its process alive. */
const clock: Clock = {
  ...systemClock,
  sleep: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { ...(signal && { signal }) }).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    }),
};

/** The control plane in an account, as the operator's own credentials reach it: what the agents do, they do there. */
export function createAwsPlatform({
  settings,
  controlPlane,
  home,
}: AwsPlatformOptions): ControlPlanePlatform {
  const { table, artifactBucket: bucket, stateMachineArnPrefix } = controlPlane;
  const cloudFormation = new CloudFormationClient(settings);
  const stacks = {
    list: (deploymentId: string) => listStacks({ cloudFormation }, deploymentId),
    describe: (name: string) => describeStack({ cloudFormation }, name),
  };
  const client = new DynamoDBClient(settings);
  const store = awsDeploymentStore({ client, table, clock });
  const s3 = new S3Client(settings);
  const snapshots = { rds: new RDSClient(settings), tagging: new ResourceGroupsTaggingAPIClient(settings) };
  return {
    target: 'aws',
    store,
    clock,
    stacks,
    costs: awsCosts,
    secrets: awsSecrets(new SecretsManagerClient(settings)),
    runner: awsWorkflowRunner({ client: new SFNClient(settings), stateMachineArnPrefix, store }),
    snapshots: { list: (deploymentId) => listSnapshots(snapshots, deploymentId) },
    events: polledEvents({ store, clock }),
    ...createAwsModels({ client, controlPlane, clock, store, settings }),
    ...upkeepOf(settings, controlPlane, clock),
    publish: (source) => publishFromHere(home, { s3, bucket }, source),
    telemetry: telemetryOf(settings, controlPlane, stacks),
  };
}

function telemetryOf(
  settings: ClientSettings,
  controlPlane: ControlPlane,
  stacks: ControlPlanePlatform['stacks'],
): ControlPlanePlatform['telemetry'] {
  const fleet = operatorFleet(settings, controlPlane, clock);
  return awsTelemetry({
    logs: new CloudWatchLogsClient(settings),
    logGroup: controlPlane.logGroup,
    cloudWatch: new CloudWatchClient(settings),
    stacks,
    instances: { list: (stack) => listInstances(fleet, stack) },
    clock,
  });
}
