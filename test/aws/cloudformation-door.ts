import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Account } from './account.ts';
import { type AwsProxy, type Fate, openProxy } from './proxy.ts';

type Properties = Record<string, unknown>;

export interface Template {
  readonly Resources: Record<
    string,
    {
      readonly Type: string;
      readonly Properties?: Properties;
      readonly Metadata?: Readonly<Record<string, unknown>>;
    }
  >;
}

/**
 * A way into the emulator for the CDK command line. The emulator cannot read a template by its address when that is a path on
 * a loopback host, so the template travels in the call instead, in words that the emulator understands.
 */
export const openCloudFormationDoor = (account: Account): Promise<AwsProxy> =>
  openProxy(account, async ({ service, body }) => {
    const parameters = new URLSearchParams(body);
    const address = parameters.get('TemplateURL');
    if (service !== 'cloudformation' || address === null) return 'pass';
    const [bucket = '', key = ''] = new URL(address).pathname.slice(1).split('/');
    const stored = (name: string) => storedText(account, bucket, name);
    const template = await forEmulator(JSON.parse(await stored(key)) as Template, stored);
    parameters.delete('TemplateURL');
    parameters.set('TemplateBody', JSON.stringify(template));
    return send(account, parameters);
  });

async function storedText(account: Account, bucket: string, key: string): Promise<string> {
  const object = await new S3Client(account.settings).send(
    new GetObjectCommand({ Bucket: bucket, Key: key }),
  );
  return (await object.Body?.transformToString()) ?? '';
}

/** The emulator looks at the credential only, to know the account. */
async function send({ endpoint, settings }: Account, parameters: URLSearchParams): Promise<Fate> {
  const { accessKeyId, sessionToken } = settings.credentials;
  const scope = `20260101/${settings.region}/cloudformation/aws4_request`;
  const answer = await fetch(endpoint, {
    method: 'POST',
    body: parameters,
    headers: {
      host: `cloudformation.${settings.region}.amazonaws.com`,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=host, Signature=none`,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    },
  });
  return { status: answer.status, body: await answer.text(), contentType: 'text/xml' };
}

/** What the emulator stumbles over, said in another way. Everything else of the template stays as it is. */
async function forEmulator(template: Template, stored: (key: string) => Promise<string>): Promise<Template> {
  const prepared = withAlarmArns(template);
  for (const { Type, Properties = {} } of Object.values(prepared.Resources)) {
    // It reads tags of keys as the API spells them, not as CloudFormation does.
    if (Type === 'AWS::KMS::Key') delete Properties['Tags'];
    // It takes the reference for the bus itself.
    if (Type === 'AWS::Events::Rule' && Properties['EventBusName']) Properties['EventBusName'] = 'hivemind';
    // It wants the text of a document, and of a definition, which it does not fetch.
    if (Type === 'AWS::SSM::Document') Properties['Content'] = JSON.stringify(Properties['Content']);
    if (Type === 'AWS::StepFunctions::StateMachine') await withDefinition(Properties, stored);
  }
  return prepared;
}

async function withDefinition(
  properties: Properties,
  stored: (key: string) => Promise<string>,
): Promise<void> {
  const { Key } = properties['DefinitionS3Location'] as { Key: string };
  properties['DefinitionString'] = { 'Fn::Sub': [await stored(Key), properties['DefinitionSubstitutions']] };
}

/** It knows no attribute of alarms; their names are fixed. */
function withAlarmArns(template: Template): Template {
  return JSON.parse(JSON.stringify(template), (_key, value: unknown) => {
    const id = resourceOfAttribute(value);
    const resource = id === undefined ? undefined : template.Resources[id];
    if (resource?.Type !== 'AWS::CloudWatch::Alarm') return value;
    const name = String(resource.Properties?.['AlarmName']);
    return { 'Fn::Sub': `arn:aws:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${name}` };
  }) as Template;
}

function resourceOfAttribute(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('Fn::GetAtt' in value)) return undefined;
  const path = value['Fn::GetAtt'];
  return Array.isArray(path) && typeof path[0] === 'string' ? path[0] : undefined;
}
