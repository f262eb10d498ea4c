import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { noAdvice } from '../../src/adapters/anywhere/advisor.ts';
import { controlPlaneFacts } from '../../src/adapters/aws/control-plane.ts';
import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { logger, newClient } from '../../src/adapters/aws/lambda/observability.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { awsNotifications } from '../../src/adapters/aws/notifications.ts';
import { openSource } from '../../src/adapters/aws/source-repository/open.ts';
import { readTelemetry } from '../../src/adapters/aws/telemetry.ts';
import { answerTask } from '../../src/adapters/aws/workflow-runner/answer.ts';
import { medic } from './agent.ts';
import type { MedicPorts } from './ports.ts';

const {
  logGroup,
  artifactBucket: bucket,
  alarmTopicArn: topicArn,
} = controlPlaneFacts(process.env, ['logGroup', 'artifactBucket', 'alarmTopicArn']);
const group = { logs: newClient(CloudWatchLogsClient), logGroup };
const s3 = newClient(S3Client);
const stepFunctions = newClient(SFNClient);
const common = stagePorts();
const ports: MedicPorts & AgentHandlerPorts = {
  ...common,
  telemetry: { ...common.telemetry, read: (query) => readTelemetry(group, query) },
  sources: { open: (source) => openSource({ s3, bucket }, source) },
  answers: {
    answer: (executionId, taskToken, answer) => answerTask(stepFunctions, { executionId, taskToken }, answer),
  },
  advisor: noAdvice,
  notifications: awsNotifications({
    client: newClient(SNSClient),
    topicArn,
    onFailure: ({ code, message }, { subject }) =>
      logger.error('nobody could be told', { code, message, subject }),
  }),
};

export const handler = agentHandler(medic(ports), ports);
