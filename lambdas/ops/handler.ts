import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { awsCosts } from '../../src/adapters/aws/costs.ts';
import { listInstances } from '../../src/adapters/aws/instance-commands.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionFleet } from '../../src/adapters/aws/lambda/fleet.ts';
import { functionModel } from '../../src/adapters/aws/lambda/language-model.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { listStacks } from '../../src/adapters/aws/stack-engine/reading.ts';
import { readTelemetry, telemetryMetrics } from '../../src/adapters/aws/telemetry.ts';
import { type OpsPorts, ops } from './agent.ts';

const { logGroup } = controlPlaneFacts(process.env, ['logGroup']);
const group = { logs: newClient(CloudWatchLogsClient), logGroup };
const cloudFormation = newClient(CloudFormationClient);
const fleet = functionFleet();
const stacks: OpsPorts['stacks'] = { list: (deploymentId) => listStacks({ cloudFormation }, deploymentId) };
const sources = {
  cloudWatch: newClient(CloudWatchClient),
  stacks,
  instances: { list: (stack: string) => listInstances(fleet, stack) },
};
const common = stagePorts();
const ports: OpsPorts & AgentHandlerPorts = {
  ...common,
  stacks,
  costs: awsCosts,
  model: functionModel(common),
  telemetry: {
    ...common.telemetry,
    read: (query) => readTelemetry(group, query),
    metrics: (deploymentId) => telemetryMetrics(sources, deploymentId),
  },
};

export const handler = agentHandler(ops(ports), ports);
