import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, test } from '@jest/globals';
import { awsNotifications } from '../../../src/adapters/aws/notifications.ts';
import type { HiveMindError } from '../../../src/domain/errors.ts';
import { notificationsContract } from '../../contracts/notifications.contract.ts';
import { type Account, openAccount } from '../account.ts';
import { type Fate, openProxy, type ProxiedCall } from '../proxy.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const MESSAGE = { subject: 'shop waits', text: 'May I?' };

/** Notifications through a proxy that decides about every call, and what they could not tell. */
async function open(decide: (call: ProxiedCall) => Fate = () => 'pass') {
  const account = await openAccount();
  const proxy = await openProxy(account, decide);
  closing.push(proxy.close);
  const topicArn = await topicIn(account);
  const failures: HiveMindError[] = [];
  const client = new SNSClient(proxy.account.settings);
  const onFailure = (error: HiveMindError) => void failures.push(error);
  return { notifications: awsNotifications({ client, topicArn, onFailure }), topicArn, failures };
}

async function topicIn({ settings }: Account): Promise<string> {
  const { TopicArn = '' } = await new SNSClient(settings).send(new CreateTopicCommand({ Name: 'alarms' }));
  return TopicArn;
}

describe('notifications through SNS', () => {
  notificationsContract(async () => (await open()).notifications);

  test('reach the topic', async () => {
    const sent: URLSearchParams[] = [];
    const { notifications, topicArn, failures } = await open(({ body }) => {
      sent.push(new URLSearchParams(body));
      return 'pass';
    });
    await notifications.tell(MESSAGE);
    const [call] = sent.map((each) => Object.fromEntries(each));
    expect(call).toMatchObject({
      Action: 'Publish',
      TopicArn: topicArn,
      Subject: 'shop waits',
      Message: 'May I?',
    });
    expect(failures).toEqual([]);
  });

  test('have a subject that SNS takes', async () => {
    const subjects: string[] = [];
    const { notifications, failures } = await open(({ body }) => {
      subjects.push(new URLSearchParams(body).get('Subject') ?? '');
      return 'pass';
    });
    for (const subject of ['a\nb', 'Bär 🐝 wartet', ' x'.repeat(200), '🐝']) {
      await notifications.tell({ ...MESSAGE, subject });
    }
    expect(subjects.filter((subject) => !/^[!-~][ -~]{0,99}$/.test(subject))).toEqual([]);
    expect(subjects[0]).toBe('a b');
    expect(failures).toEqual([]);
  });

  test('that cannot be told are heard of, and nothing else fails', async () => {
    const refused =
      '<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>';
    const { notifications, failures } = await open(() => ({ status: 403, body: refused }));
    await expect(notifications.tell(MESSAGE)).resolves.toBeUndefined();
    expect(failures.map(({ code }) => code)).toEqual(['AccessDenied']);
  });
});
