import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FUNCTIONS } from '../../lib/control-plane/functions.ts';
import { TAKING_AWAY, WORKING_OUT } from '../../src/adapters/aws/stack-engine/previewing.ts';
import { awsStackEngine } from '../../src/adapters/aws/stack-engine.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import { type Account, openAccount } from './account.ts';
import { type AwsProxy, type Fate, openProxy } from './proxy.ts';
import { answer, refusal } from './query-answers.ts';
import { engineFacts, networkRequest } from './stack-engine.ts';

let account: Account;
let proxy: AwsProxy;
let engine: StackEngine;
let tell: (action: string) => Fate;
/** moto falls over when a change set that is not there is deleted. */
const withoutChangeSet = (action: string): Fate =>
  action === 'DeleteChangeSet' ? answer(action, '') : 'pass';

beforeEach(async () => {
  account = await openAccount();
  tell = () => 'pass';
  proxy = await openProxy(account, ({ action }) => tell(action));
  engine = awsStackEngine(engineFacts(proxy.account));
});
afterEach(() => proxy.close());

/** Stacks and change sets of the account, those that only keep a name as well. */
async function leftovers(): Promise<readonly string[]> {
  const client = new CloudFormationClient(account.settings);
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
  const { Summaries = [] } = await client.send(new ListChangeSetsCommand({ StackName: 'any' }));
  return [...Stacks.map(({ StackStatus }) => `stack ${StackStatus}`), ...Summaries.map(() => 'change set')];
}

test('what only a build can tell has a stand-in, because AWS takes no words for a number', async () => {
  const template = {
    Parameters: {
      Release: { Type: 'String', AllowedPattern: '^[0-9]{1,9}$' },
      Artifact: { Type: 'String', AllowedPattern: '^sha256-[0-9a-f]{64}$' },
    },
    Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
  };
  const unknown = '(known after the build)';
  engine = awsStackEngine(engineFacts(proxy.account, { templateOf: () => JSON.stringify(template) }));
  await engine.preview(networkRequest({ parameters: { release: unknown, artifact: unknown } }));
  const body = proxy.calls.find(({ action }) => action === 'CreateChangeSet')?.body;
  const values = [...new URLSearchParams(body)].flatMap(([key, value]) =>
    /ParameterValue$/.test(key) ? value : [],
  );
  expect(values).toEqual(['0', `sha256-${'0'.repeat(64)}`]);
});

const change = (action: string, rest = ''): string =>
  `<member><ResourceChange><Action>${action}</Action><LogicalResourceId>Group</LogicalResourceId>
   <ResourceType>AWS::EC2::SecurityGroup</ResourceType>${rest}</ResourceChange></member>`;
const cause = (details: string): string => `<Details><member>${details}</member></Details>`;

test('a preview leaves nothing behind', async () => {
  expect(await engine.preview(networkRequest())).toEqual([
    { action: 'create', resource: 'Group (AWS::EC2::SecurityGroup)', reason: 'does not exist yet' },
  ]);
  expect(await leftovers()).toEqual([]);
});

test('a preview that fails leaves nothing behind', async () => {
  tell = (action) =>
    action === 'DescribeChangeSet'
      ? answer(action, '<Status>FAILED</Status><StatusReason>Size is not a size</StatusReason>')
      : 'pass';
  await expect(engine.preview(networkRequest())).rejects.toMatchObject({
    code: 'StackFailed',
    message: expect.stringContaining('Size is not a size'),
  });
  tell = () => 'pass';
  expect(await leftovers()).not.toContain('stack REVIEW_IN_PROGRESS');
});

test('a preview ends, and has tidied up, before its function is ended', () => {
  const longest = WORKING_OUT.patienceSeconds + TAKING_AWAY.patienceSeconds;
  expect(longest + 20).toBeLessThan(FUNCTIONS.provisioner.timeoutSeconds);
});

test('a preview whose change set cannot be deleted yet leaves no name behind', async () => {
  tell = (action) =>
    action === 'DeleteChangeSet'
      ? refusal('InvalidChangeSetStatus', 'the change set is CREATE_IN_PROGRESS')
      : action === 'DescribeChangeSet'
        ? answer(action, '<Status>FAILED</Status><StatusReason>too slow</StatusReason>')
        : 'pass';
  await expect(engine.preview(networkRequest())).rejects.toMatchObject({ code: 'StackFailed' });
  expect(proxy.calls.map(({ action }) => action)).toContain('DeleteStack');
  expect(await leftovers()).not.toContain('stack REVIEW_IN_PROGRESS');
});

/** A preview whose function was ended in the middle. */
async function killedPreview(): Promise<void> {
  tell = (action) =>
    action === 'DescribeChangeSet' || action === 'DeleteChangeSet' || action === 'DeleteStack'
      ? refusal('AccessDenied', 'the function is gone')
      : 'pass';
  await engine.preview(networkRequest({ token: 'killed' })).catch(() => undefined);
  tell = withoutChangeSet;
  expect(await leftovers()).toContain('stack REVIEW_IN_PROGRESS');
}

describe('what a preview left that was ended in the middle', () => {
  test('is removed by the next preview', async () => {
    await killedPreview();
    expect((await engine.preview(networkRequest())).map(({ action }) => action)).toEqual(['create']);
    expect(await leftovers()).not.toContain('stack REVIEW_IN_PROGRESS');
  });

  test('is no stack, and makes room for one', async () => {
    await killedPreview();
    expect(await engine.describe('shop-abc234-network')).toBeUndefined();
    expect(await engine.deploy(networkRequest(), { patienceSeconds: 20 })).toMatchObject({
      status: 'CREATE_COMPLETE',
    });
  });

  test('can be removed', async () => {
    await killedPreview();
    expect(await engine.remove('shop-abc234-network', { patienceSeconds: 20 })).toBe(true);
    expect(await leftovers()).not.toContain('stack REVIEW_IN_PROGRESS');
  });
});

test('a change of only the template is told per resource', async () => {
  await engine.deploy(networkRequest(), { patienceSeconds: 20 });
  const replaced = cause(
    '<Target><Name>GroupDescription</Name></Target><ChangeSource>DirectModification</ChangeSource>',
  );
  const by = cause('<CausingEntity>Other.Arn</CausingEntity><ChangeSource>ResourceAttribute</ChangeSource>');
  const pages: Record<string, string> = {
    modify: change('Modify', `<Replacement>False</Replacement>${replaced}`),
    replace: change('Modify', `<Replacement>Conditional</Replacement>${by}`),
    remove: change('Remove'),
    create: change('Add'),
  };
  const told: unknown[] = [];
  for (const page of Object.values(pages)) {
    tell = (action) =>
      action === 'DescribeChangeSet'
        ? answer(action, `<Status>CREATE_COMPLETE</Status><Changes>${page}</Changes>`)
        : 'pass';
    told.push(...(await engine.preview(networkRequest({ parameters: { size: 'large' } }))));
  }
  const resource = 'Group (AWS::EC2::SecurityGroup)';
  expect(told).toEqual([
    { action: 'modify', resource, reason: 'changed: GroupDescription' },
    { action: 'replace', resource, reason: 'changed: Other.Arn; may not need it' },
    { action: 'remove', resource, reason: 'not needed any more' },
    { action: 'create', resource, reason: 'does not exist yet' },
  ]);
});

test.each([
  [
    'the change set',
    'DescribeChangeSet',
    answer(
      'DescribeChangeSet',
      '<Status>FAILED</Status><StatusReason>No export named shop-network-VpcId found</StatusReason>',
    ),
  ],
  ['the call', 'CreateChangeSet', refusal('ValidationError', 'No export named shop-network-VpcId found')],
])(
  'a stack on one that does not exist either is told from the template, and says so: by %s',
  async (_, failing, fate) => {
    tell = (action) => (action === failing ? fate : withoutChangeSet(action));
    expect(await engine.preview(networkRequest())).toEqual([
      {
        action: 'create',
        resource: 'Group (AWS::EC2::SecurityGroup)',
        reason: expect.stringMatching(/does not exist yet.*from the template.*No export named/),
      },
    ]);
  },
);
