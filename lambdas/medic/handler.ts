import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { alarmNotifications } from '../../src/adapters/aws/lambda/alarm-notifications.ts';
import { functionModel } from '../../src/adapters/aws/lambda/language-model.ts';
import { newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { storedSource } from '../../src/adapters/aws/lambda/stored-source.ts';
import { readTelemetry } from '../../src/adapters/aws/telemetry.ts';
import { answerTask } from '../../src/adapters/aws/workflow-runner/answer.ts';
import { medic } from './agent.ts';
import type { MedicPorts } from './ports.ts';

const { logGroup } = controlPlaneFacts(process.env, ['logGroup']);
const group = { logs: newClient(CloudWatchLogsClient), logGroup };
const stepFunctions = newClient(SFNClient);
const common = stagePorts();
const ports: MedicPorts & AgentHandlerPorts = {
  ...common,
  telemetry: { ...common.telemetry, read: (query) => readTelemetry(group, query) },
  sources: storedSource(),
  answers: {
    answer: (executionId, taskToken, answer) => answerTask(stepFunctions, { executionId, taskToken }, answer),
  },
  model: functionModel(common),
  notifications: alarmNotifications(),
};

export const handler = agentHandler(medic(ports), ports);
