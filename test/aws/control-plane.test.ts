import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DescribeDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environmentName, FACTS } from '../../lib/control-plane/facts.ts';
import { controlPlaneShape, outputNameOf } from '../../src/adapters/aws/control-plane.ts';
import { AGENTS } from '../../src/domain/stage.ts';
import { type Account, openAccount } from './account.ts';
import { cdk } from './cdk.ts';
import { openCloudFormationDoor, type Template } from './cloudformation-door.ts';

/** Types that the emulator's CloudFormation does not know: docs/aws-emulator.md says so too. */
const NOT_MADE = [
  'AWS::CDK::Metadata',
  'AWS::CodeBuild::Project',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
];

let account: Account;
let folder: string;
let outputs: Record<string, string>;
let template: Template;

beforeAll(async () => {
  account = await openAccount();
  folder = await mkdtemp(join(tmpdir(), 'hivemind-assembly-'));
  const door = await openCloudFormationDoor(account);
  try {
    await cdk(door.account, 'bootstrap', `aws://${account.accountId}/${account.settings.region}`);
    await cdk(
      door.account,
      'deploy',
      '--require-approval',
      'never',
      '--method',
      'direct',
      '--output',
      folder,
    );
  } finally {
    await door.close();
  }
  template = JSON.parse(readFileSync(join(folder, 'hivemind.template.json'), 'utf8')) as Template;
  const { Stacks = [] } = await new CloudFormationClient(account.settings).send(
    new DescribeStacksCommand({ StackName: 'hivemind' }),
  );
  const found = Stacks[0]?.Outputs ?? [];
  outputs = Object.fromEntries(found.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('cdk bootstrap and cdk deploy', () => {
  test('make everything that the emulator can make', async () => {
    const { StackResources = [] } = await new CloudFormationClient(account.settings).send(
      new DescribeStackResourcesCommand({ StackName: 'hivemind' }),
    );
    const made = new Set(StackResources.map(({ LogicalResourceId }) => LogicalResourceId));
    const missing = Object.entries(template.Resources).filter(([id]) => !made.has(id));
    expect([...new Set(missing.map(([, { Type }]) => Type))].sort()).toEqual(NOT_MADE);
  });

  test('tell every fact that the adapters ask for', () => {
    const facts = Object.keys(controlPlaneShape.shape).map((key) => [key, outputs[outputNameOf(key)]]);
    expect(controlPlaneShape.parse(Object.fromEntries(facts))).toMatchObject({
      buildProject: 'hivemind-builds',
      instanceDocument: 'hivemind-instance',
      logGroup: '/hivemind/deployments',
    });
  });

  test('make a table with both indexes and an end for leases', async () => {
    const { Table } = await new DynamoDBClient(account.settings).send(
      new DescribeTableCommand({ TableName: outputs['Table'] ?? '' }),
    );
    expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      'byStatus',
      'byTime',
    ]);
  });

  test('make workflows with the functions put in', async () => {
    const client = new SFNClient(account.settings);
    const { definition = '' } = await client.send(
      new DescribeStateMachineCommand({ stateMachineArn: `${outputs['StateMachineArnPrefix']}deploy` }),
    );
    expect(definition).toContain(`:${account.accountId}:function:hivemind-recon`);
    expect(definition).not.toContain('FunctionArn}');
  });

  test('make the document for instances', async () => {
    const { Document } = await new SSMClient(account.settings).send(
      new DescribeDocumentCommand({ Name: outputs['InstanceDocument'] ?? '' }),
    );
    expect(Document).toMatchObject({ DocumentType: 'Command', SchemaVersion: '2.2' });
  });
});

const run = promisify(execFile);

/** The code of a function as it was uploaded. */
function codeOf(name: string): string {
  const found = Object.values(template.Resources).find(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' && Properties?.['FunctionName'] === `hivemind-${name}`,
  );
  return join(folder, String(found?.Metadata?.['aws:asset:path']), 'index.mjs');
}

/** What a function throws, as the code that Lambda runs, with the environment that Lambda gives it. */
async function failureOf(name: string, event: unknown): Promise<string> {
  const program = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(codeOf(name)).href)});
    const failure = await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 30_000 }).catch((error) => error);
    process.stdout.write('\\nfailure: ' + failure.name, () => process.exit(0));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      ...account.environment,
      ...Object.fromEntries(FACTS.map((fact) => [environmentName(fact), outputs['Table'] ?? ''])),
      HIVEMIND_MODELS: '{"HIVEMIND_MODEL":"global.anthropic.claude-sonnet-5-5"}',
      AWS_LAMBDA_FUNCTION_NAME: `hivemind-${name}`,
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
    },
  });
  return /failure: (\w+)$/.exec(stdout)?.[1] ?? stdout;
}

describe('a function that was deployed', () => {
  test.each(AGENTS)('finds its credentials, its table, and that nothing is in it: %s', async (agent) => {
    expect(await failureOf(agent, { executionId: 'e-1', action: 'preview' })).toBe('ExecutionNotFound');
  });

  test('has a name for what is no event of ours', async () => {
    expect(await failureOf('conductor', { hello: 'world' })).toBe('InvalidInput');
  });
});
