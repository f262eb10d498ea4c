import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { findArtifact } from '../../src/adapters/aws/artifact-store/find.ts';
import { removeArtifact } from '../../src/adapters/aws/artifact-store/remove.ts';
import { forgetBuilds } from '../../src/adapters/aws/builder/forget-builds.ts';
import { stopBuild } from '../../src/adapters/aws/builder/stop-build.ts';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { createSnapshot } from '../../src/adapters/aws/database-snapshots/create.ts';
import {
  firstExit,
  installOnInstance,
  instanceLogTail,
  listeningPorts,
  listInstances,
  startInstances,
  stopInstances,
} from '../../src/adapters/aws/instance-commands.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionFleet } from '../../src/adapters/aws/lambda/fleet.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { findResources } from '../../src/adapters/aws/resource-inventory.ts';
import { listSecrets } from '../../src/adapters/aws/secrets/list.ts';
import { removeSecrets } from '../../src/adapters/aws/secrets/remove-all.ts';
import { removeUnlessShared } from '../../src/adapters/aws/source-repository/stored-source.ts';
import { describeStack, listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { removeStack } from '../../src/adapters/aws/stack-engine/removing.ts';
import { forgetTelemetry } from '../../src/adapters/aws/telemetry.ts';
import { healthChangeOf, healthOf } from '../../src/adapters/aws/traffic-router/health.ts';
import { deregisterTargets, registerTargets } from '../../src/adapters/aws/traffic-router/targets.ts';
import { shiftWeights, weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import { janitor } from './agent.ts';
import type { JanitorPorts } from './ports.ts';

const { artifactBucket: bucket, logGroup } = controlPlaneFacts(process.env, ['artifactBucket', 'logGroup']);
const stored = { s3: newClient(S3Client), bucket };
const secretsManager = newClient(SecretsManagerClient);
const common = stagePorts();
const fleet = functionFleet();
const facts = {
  ...fleet,
  clock: systemClock,
  cloudFormation: newClient(CloudFormationClient),
  cloudWatch: newClient(CloudWatchClient),
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  logs: newClient(CloudWatchLogsClient),
  rds: newClient(RDSClient),
  tagging: newClient(ResourceGroupsTaggingAPIClient),
  secretsManager,
  controlPlane: { logGroup },
  logGroup,
};
const ports: JanitorPorts & AgentHandlerPorts = {
  ...common,
  stacks: {
    list: (deploymentId) => listStacks(facts, deploymentId),
    describe: (name) => describeStack(facts, name),
    remove: (name, patience) => removeStack(facts, name, patience),
  },
  router: {
    deregister: (loadBalancer, color, targetIds, patience) =>
      deregisterTargets(facts, { loadBalancer, color, targetIds }, patience),
    register: (loadBalancer, color, targets) => registerTargets(facts, loadBalancer, color, targets),
    health: (loadBalancer, color) => healthOf(facts, loadBalancer, color),
    healthChange: (loadBalancer, color, seen, options) =>
      healthChangeOf(facts, { loadBalancer, color, seen }, options),
    shift: (loadBalancer, weights) => shiftWeights(facts, loadBalancer, weights),
    weights: (loadBalancer) => weightsOf(facts, loadBalancer),
  },
  instances: {
    list: (stack) => listInstances(fleet, stack),
    start: (ids) => startInstances(fleet, ids),
    stop: (ids) => stopInstances(fleet, ids),
    install: (id, release, patience) =>
      installOnInstance({ ...fleet, artifacts: stored }, id, release, patience),
    firstExit: (ids, options) => firstExit(fleet, ids, options),
    listeningPorts: (id) => listeningPorts(fleet, id),
    logTail: (id, lines) => instanceLogTail(fleet, id, lines),
  },
  snapshots: {
    create: (databaseStack, token, patience) => createSnapshot(facts, { databaseStack, token }, patience),
  },
  inventory: { find: (deploymentId) => findResources(facts, deploymentId) },
  secrets: {
    list: (deploymentId) => listSecrets(secretsManager, deploymentId),
    removeAll: (deploymentId) => removeSecrets(secretsManager, deploymentId),
  },
  artifacts: { find: (id) => findArtifact(stored, id), remove: (id) => removeArtifact(stored, id) },
  builder: {
    forget: (repository) => forgetBuilds(stored, repository),
    stop: (token) =>
      stopBuild({ ...stored, codebuild: newClient(CodeBuildClient), clock: systemClock }, token),
  },
  sources: { forget: (source) => removeUnlessShared(stored, source) },
  telemetry: { ...common.telemetry, forget: (deploymentId) => forgetTelemetry(facts, deploymentId) },
};

export const handler = agentHandler(janitor(ports), ports);
