import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Account } from './account.ts';
import { type AwsProxy, type Fate, openProxy } from './proxy.ts';

export type Template = { Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }> };

/**
 * A way into the emulator for the CDK command line. The emulator cannot read a template by its address when that is a path on
 * a loopback host, so the template travels in the call instead; `prepare` may take out what the emulator stumbles over.
 */
export const openCloudFormationDoor = (
  account: Account,
  prepare: (template: Template) => Template,
): Promise<AwsProxy> =>
  openProxy(account, async ({ service, body }) => {
    const parameters = new URLSearchParams(body);
    const address = parameters.get('TemplateURL');
    if (service !== 'cloudformation' || address === null) return 'pass';
    parameters.delete('TemplateURL');
    parameters.set('TemplateBody', JSON.stringify(prepare(await templateAt(account, address))));
    return send(account, parameters);
  });

async function templateAt(account: Account, address: string): Promise<Template> {
  const [bucket = '', ...key] = new URL(address).pathname.slice(1).split('/');
  const object = await new S3Client(account.settings).send(
    new GetObjectCommand({ Bucket: bucket, Key: key.join('/') }),
  );
  return JSON.parse((await object.Body?.transformToString()) ?? '') as Template;
}

/** The emulator looks at the credential only, to know the account. */
async function send({ endpoint, settings }: Account, parameters: URLSearchParams): Promise<Fate> {
  const { accessKeyId, sessionToken } = settings.credentials;
  const answer = await fetch(endpoint, {
    method: 'POST',
    body: parameters,
    headers: {
      host: `cloudformation.${settings.region}.amazonaws.com`,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${settings.region}/cloudformation/aws4_request, SignedHeaders=host, Signature=none`,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    },
  });
  return { status: answer.status, body: await answer.text(), contentType: 'text/xml' };
}

/** What the emulator stumbles over, put in words that it understands. Everything else of the template stays as it is. */
export function forEmulator(template: Template): Template {
  const resources = template.Resources;
  const alarmArn = (id: unknown) => {
    const name = typeof id === 'string' ? resources[id]?.Properties?.['AlarmName'] : undefined;
    return { 'Fn::Sub': `arn:aws:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${name}` };
  };
  const isAlarm = (id: unknown) => typeof id === 'string' && resources[id]?.Type === 'AWS::CloudWatch::Alarm';
  const prepared = JSON.parse(JSON.stringify(template), (_, value: unknown) => {
    const attribute = attributeOf(value);
    return attribute && isAlarm(attribute[0]) ? alarmArn(attribute[0]) : value;
  }) as Template;
  for (const { Type, Properties } of Object.values(prepared.Resources)) {
    // It reads tags of keys as the API spells them, not as CloudFormation does.
    if (Type === 'AWS::KMS::Key') delete Properties?.['Tags'];
    // It takes the reference for the bus itself.
    if (Type === 'AWS::Events::Rule' && Properties?.['EventBusName']) Properties['EventBusName'] = 'hivemind';
  }
  return prepared;
}

function attributeOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null || !('Fn::GetAtt' in value)) return undefined;
  const path = value['Fn::GetAtt'];
  return Array.isArray(path) ? path : undefined;
}
