import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StagePorts } from '../../../stages/stage-context.ts';
import { systemClock } from '../../anywhere/clock.ts';
import { controlPlaneFacts } from '../control-plane.ts';
import { awsDeploymentStore } from '../deployment-store.ts';
import { LogWriter } from '../telemetry/log-writer.ts';
import { awsTelemetryLog } from '../telemetry.ts';
import { newClient } from './observability.ts';

/** What every agent's function has: the records and its own log lines. */
export function stagePorts(environment: NodeJS.ProcessEnv = process.env) {
  const { table, logGroup } = controlPlaneFacts(environment, ['table', 'logGroup']);
  const logs = newClient(CloudWatchLogsClient);
  const client = newClient(DynamoDBClient);
  return {
    store: awsDeploymentStore({ client, table, clock: systemClock }),
    clock: systemClock,
    telemetry: awsTelemetryLog(new LogWriter({ logs, logGroup })),
  } satisfies StagePorts;
}
