import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { HiveMindError } from '../../domain/errors.ts';
import type { Message, Notifications } from '../../ports/notifications.ts';
import { awsFailure } from './aws-failure.ts';

export interface AwsNotificationsOptions {
  readonly client: SNSClient;
  /** The topic whose subscribers are told. */
  readonly topicArn: string;
  /** Hears what could not be told, and why. */
  readonly onFailure: (error: HiveMindError, message: Message) => void;
}

/** What SNS takes for a subject: ASCII on one line, at most 100 characters, which begins with a letter, a digit or punctuation. */
const MAX_SUBJECT_CHARACTERS = 100;

/** SNS takes 256 KB; nobody reads as much, and an e-mail program need not show it. */
const MAX_TEXT_CHARACTERS = 20_000;

/** Everybody who has subscribed to the topic of the control plane. */
export const awsNotifications = ({
  client,
  topicArn,
  onFailure,
}: AwsNotificationsOptions): Notifications => ({
  tell: async (message) => {
    const Subject = subjectOf(message.subject);
    const Message = message.text.slice(0, MAX_TEXT_CHARACTERS);
    try {
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject, Message }));
    } catch (error) {
      onFailure(awsFailure(error, `tell the subscribers of ${topicArn}`), message);
    }
  },
});

function subjectOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/[^ -~]+/g, ' ')
    .trim();
  return plain.slice(0, MAX_SUBJECT_CHARACTERS).trim() || 'HiveMind';
}
