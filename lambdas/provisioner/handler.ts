import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { blueprintTemplate } from '../../src/adapters/aws/blueprints.ts';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { awsCosts } from '../../src/adapters/aws/costs.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { deployStack } from '../../src/adapters/aws/stack-engine/deploying.ts';
import type { BuildingFacts } from '../../src/adapters/aws/stack-engine/facts.ts';
import { launchesOf } from '../../src/adapters/aws/stack-engine/launches.ts';
import { previewStack } from '../../src/adapters/aws/stack-engine/previewing.ts';
import { describeStack, listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { readTelemetry } from '../../src/adapters/aws/telemetry.ts';
import { healthOf } from '../../src/adapters/aws/traffic-router/health.ts';
import { deregisterTargets } from '../../src/adapters/aws/traffic-router/targets.ts';
import { shiftWeights, weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import type { LogQuery } from '../../src/ports/telemetry.ts';
import { provisioner } from './agent.ts';
import type { ProvisionerPorts } from './ports.ts';

const controlPlane = controlPlaneFacts(process.env, [
  'stackRoleArn',
  'artifactBucket',
  'accessLogBucket',
  'logGroup',
  'permissionsBoundaryArn',
  'alarmTopicArn',
  'instanceDocument',
]);
const group = { logs: newClient(CloudWatchLogsClient), logGroup: controlPlane.logGroup };
const autoScaling = newClient(AutoScalingClient);
const clients = {
  autoScaling,
  cloudFormation: newClient(CloudFormationClient),
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  clock: systemClock,
  instanceLogs: { read: (query: LogQuery) => readTelemetry(group, query) },
  launchesOf: (name: string) => launchesOf(autoScaling, name),
};
const removal = async () =>
  (await import('../../src/adapters/aws/lambda/stack-removal.ts')).stackRemoval(clients);
const facts: typeof clients & BuildingFacts = {
  ...clients,
  templateOf: blueprintTemplate,
  controlPlane,
  liftProtection: async (stack) => (await removal()).liftProtection(stack),
};
const ports: ProvisionerPorts & AgentHandlerPorts = {
  ...stagePorts(),
  costs: awsCosts,
  stacks: {
    preview: (request) => previewStack(facts, request),
    deploy: (request, patience) => deployStack(facts, request, patience),
    describe: (name) => describeStack(facts, name),
    list: (deploymentId) => listStacks(facts, deploymentId),
    remove: async (name, patience) => (await removal()).remove(name, patience),
  },
  router: {
    deregister: (loadBalancer, color, targetIds, patience) =>
      deregisterTargets(facts, { loadBalancer, color, targetIds }, patience),
    health: (loadBalancer, color) => healthOf(facts, loadBalancer, color),
    shift: (loadBalancer, weights) => shiftWeights(facts, loadBalancer, weights),
    weights: (loadBalancer) => weightsOf(facts, loadBalancer),
  },
};

export const handler = agentHandler(provisioner(ports), ports);
