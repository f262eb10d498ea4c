import { SNSClient } from '@aws-sdk/client-sns';
import type { Notifications } from '../../../ports/notifications.ts';
import { controlPlaneFacts } from '../control-plane.ts';
import { awsNotifications } from '../notifications.ts';
import { logger, newClient } from './observability.ts';

/** The subscribers of the alarm topic. */
export const alarmNotifications = (environment: NodeJS.ProcessEnv = process.env): Notifications =>
  awsNotifications({
    client: newClient(SNSClient),
    topicArn: controlPlaneFacts(environment, ['alarmTopicArn']).alarmTopicArn,
    onFailure: ({ code, message: text }, { subject }) =>
      logger.error('nobody could be told', { code, text, subject }),
  });
