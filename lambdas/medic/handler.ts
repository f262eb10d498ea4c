import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { readTelemetry } from '../../src/adapters/aws/telemetry.ts';
import { medic } from './agent.ts';

const { logGroup } = controlPlaneFacts(process.env, ['logGroup']);
const group = { logs: newClient(CloudWatchLogsClient), logGroup };
const common = stagePorts();
const ports = {
  ...common,
  telemetry: {
    ...common.telemetry,
    read: (query: Parameters<typeof readTelemetry>[1]) => readTelemetry(group, query),
  },
};

export const handler = agentHandler(medic(ports), ports);
