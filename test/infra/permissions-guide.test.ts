import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ControlPlaneFacts, controlPlaneFacts, PATIENCE, Template } from './control-plane-template.ts';
import { GUIDE_POLICIES, type PolicyStatement, statementsOf } from './guide-policies.ts';
import { HANDLERS } from './handler-actions.ts';
import { type Call, handlerCalls } from './handler-calls.ts';
import { actionsOf, indirectActions } from './iam-actions.ts';
import { sdkCallsFrom } from './sdk-calls.ts';
import { UNRESTRICTABLE } from './unrestrictable-actions.ts';

const statements = statementsOf('command line');

/** What Lambda does for functions is nothing that a person needs. */
const FUNCTIONS_ONLY = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'sqs:SendMessage'];

test('every policy in the guide is one', () => {
  expect(GUIDE_POLICIES).toHaveLength(4);
  for (const { policy } of GUIDE_POLICIES) expect(policy.Version).toBe('2012-10-17');
});

test('the policy for the command line allows the calls that it makes, and nothing more', async () => {
  const apps = readdirSync(new URL('../../apps/api/', import.meta.url));
  const files = apps.filter((file) => file.startsWith('aws-')).map((file) => `apps/api/${file}`);
  const direct = new Set((await sdkCallsFrom(files)).flatMap(actionsOf));
  const indirect = indirectActions(direct).filter((action) => !FUNCTIONS_ONLY.includes(action));
  const allowed = new Set(statements.flatMap(({ Action }) => Action));
  expect([...allowed].sort()).toEqual([...new Set([...direct, ...indirect])].sort());
});

test('the policy for the command line allows on everything only what cannot be allowed on less', () => {
  const everywhere = statements.filter(({ Resource }) => [Resource].flat().includes('*'));
  const actions = everywhere.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => !UNRESTRICTABLE.includes(action))).toEqual([]);
});

describe('the policy for CloudFormation', () => {
  const SETTINGS = {
    usual: {},
    all: {
      concurrentBuilds: '2',
      logRetentionDays: '30',
      model: 'amazon.nova-pro-v1:0',
      modelBudgetDayUsd: '3',
      modelBudgetDeploymentUsd: '1',
      modelCheap: 'amazon.nova-micro-v1:0',
      modelEmbedding: 'amazon.titan-embed-text-v2:0',
      modelRegion: 'us-east-1',
      modelSecond: 'amazon.nova-lite-v1:0',
      monthlyBudgetUsd: '100',
      network: 'dedicated',
      notificationEmail: 'ops@example.com',
      owner: 'platform team',
      permissionsBoundary: 'company-boundary',
      region: 'eu-west-1',
      removalPolicy: 'destroy',
    },
  } as const;
  let facts: ControlPlaneFacts<keyof typeof SETTINGS>;

  beforeAll(async () => {
    facts = await controlPlaneFacts(SETTINGS);
  }, PATIENCE);

  const matches = (pattern: string, text: string): boolean =>
    new RegExp(`^${pattern.replace(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`).test(text);

  const isAllowed = ({ action, on }: Call, { Action, Resource }: PolicyStatement): boolean =>
    Action.some((pattern) => matches(pattern, action)) &&
    [Resource].flat().some((pattern) => matches(pattern, on));

  test.each(['usual', 'all'] as const)(
    'allows what CloudFormation calls for the control plane: %s',
    (name) => {
      const allowing = statementsOf('control plane');
      const calls = handlerCalls(facts.template(name), HANDLERS);
      const refused = calls.filter((call) => !allowing.some((statement) => isAllowed(call, statement)));
      expect(Object.fromEntries(refused.map(({ action, on }) => [action, on]))).toEqual({});
    },
  );

  test('is compared with every setting', () => {
    const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
      context: Record<string, unknown>;
    };
    const names = Object.keys(context).flatMap((key) => key.split('hivemind:').slice(1));
    expect(Object.keys(SETTINGS.all)).toEqual(names.sort());
  });

  test.each([
    ['AWS::IAM::Role', 'Policies'],
    ['AWS::EC2::VPC', 'CidrBlock'],
  ])('has to be looked at again for what is new: %s, %s', (Type, property) => {
    const Resources = { New: { Type, Properties: { [property]: 'anything' } } };
    expect(() => handlerCalls(new Template({ Resources, Outputs: {} }), HANDLERS)).toThrow(
      'not in the table',
    );
  });
});
