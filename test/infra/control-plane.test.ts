import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_DAY_USD } from '../../lib/control-plane/alarms.ts';
import { FACTS, outputName } from '../../lib/control-plane/facts.ts';
import { asksModel, FUNCTION_NAMES } from '../../lib/control-plane/functions.ts';
import { TABLE_INDEXES, TABLE_KEY, TIME_TO_LIVE } from '../../src/adapters/aws/deployment-store/table.ts';
import { configuredModels } from '../../src/adapters/aws/model-configuration.ts';
import { BUILD_VARIABLES } from '../../src/contracts/build-program.ts';
import { modelSettings } from '../../src/domain/models/settings-from-variables.ts';
import {
  type ControlPlaneFacts,
  controlPlaneFacts,
  PATIENCE,
  type Template,
} from './control-plane-template.ts';

const run = promisify(execFile);

const SETTINGS = {
  usual: {},
  gone: { removalPolicy: 'destroy' },
  few: { concurrentBuilds: '2' },
  bounded: { permissionsBoundary: 'company-boundary' },
  told: { notificationEmail: 'ops@example.com', monthlyBudgetUsd: '50', owner: 'platform team' },
  thinking: {
    model: 'bedrock:global.anthropic.claude-sonnet-5-5',
    modelCheap: 'amazon.nova-micro-v1:0',
    modelRegion: 'us-east-1',
    modelBudgetDayUsd: '2.5',
    modelBudgetDeploymentUsd: 'none',
  },
  profiles: { model: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc' },
  elsewhere: { model: 'openai:gpt' },
  others: { model: 'ollama:llama3' },
  headless: { modelCheap: 'amazon.nova-micro-v1:0' },
  cents: { model: 'a.model', modelBudgetDayUsd: '0.0000001' },
  budget: { model: 'a.model', modelBudgetDayUsd: 'much' },
  network: { network: 'own' },
  logRetentionDays: { logRetentionDays: '29' },
  notificationEmail: { notificationEmail: 'nobody' },
  region: { region: 'Frankfurt' },
} as const;

const THINKING = FUNCTION_NAMES.filter(asksModel);

let facts: ControlPlaneFacts<keyof typeof SETTINGS>;
let template: Template;

beforeAll(async () => {
  facts = await controlPlaneFacts(SETTINGS);
  template = facts.template('usual');
}, PATIENCE);

const propertiesOf = (type: string, from: Template = template) => from.properties(type);

describe('storage', () => {
  test('has the table that the store adapter asks for', () => {
    const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' });
    const keys = [TABLE_KEY, TABLE_INDEXES.byStatus, TABLE_INDEXES.byTime];
    expect(template.only('AWS::DynamoDB::Table')).toMatchObject({
      AttributeDefinitions: keys.flatMap(({ partition, sort }) => [text(partition), text(sort)]),
      GlobalSecondaryIndexes: Object.entries(TABLE_INDEXES).map(([IndexName, { partition, sort }]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: partition, KeyType: 'HASH' },
          { AttributeName: sort, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      })),
      TimeToLiveSpecification: { AttributeName: TIME_TO_LIVE, Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test('has buckets that nobody reaches without TLS or from outside', () => {
    for (const bucket of propertiesOf('AWS::S3::Bucket')) {
      expect(bucket).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
      });
      expect(bucket).toHaveProperty('BucketEncryption');
    }
    for (const { PolicyDocument } of propertiesOf('AWS::S3::BucketPolicy')) {
      expect(JSON.stringify(PolicyDocument)).toContain('"aws:SecureTransport":"false"');
    }
  });

  test('never lets an artifact expire: a release may run for years', () => {
    const rules = propertiesOf('AWS::S3::Bucket').flatMap(({ LifecycleConfiguration }) => {
      const { Rules } = LifecycleConfiguration as {
        Rules: { Prefix?: string; ExpirationInDays?: number; Id?: string }[];
      };
      return Rules;
    });
    const expiring = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
    expect(expiring.map(({ Id, Prefix }) => [Id, Prefix])).toEqual([
      ['retention', undefined],
      ['sources', 'sources/'],
      ['builds', 'builds/'],
    ]);
  });

  test('outlives the stack unless the operator says otherwise', () => {
    const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key'];
    const policyOf = (from: Template) =>
      kept.flatMap((type) => from.resources(type).map(([, { DeletionPolicy }]) => DeletionPolicy));
    expect(new Set(policyOf(template))).toEqual(new Set(['RetainExceptOnCreate']));
    expect(new Set(policyOf(facts.template('gone')))).toEqual(new Set(['Delete']));
  });
});

describe('builds', () => {
  test('run our instructions only, without rights, without a VPC and without Docker', () => {
    const project = template.only('AWS::CodeBuild::Project');
    expect(project).toMatchObject({
      Source: { Type: 'NO_SOURCE' },
      Artifacts: { Type: 'NO_ARTIFACTS' },
      Environment: { Type: 'ARM_CONTAINER', ComputeType: 'BUILD_GENERAL1_SMALL', PrivilegedMode: false },
      TimeoutInMinutes: 30,
    });
    expect(project).not.toHaveProperty('VpcConfig');
    expect(project).not.toHaveProperty('ConcurrentBuildLimit');
    const { BuildSpec } = project['Source'] as { BuildSpec: string };
    expect(BuildSpec).toContain(`"$${BUILD_VARIABLES.programUrl}"`);
    expect(BuildSpec).toContain(`"$${BUILD_VARIABLES.programSha256}  build-runner.mjs" | sha256sum --check`);
  });

  test('are limited in number when the operator says so', () => {
    const project = facts.template('few').only('AWS::CodeBuild::Project');
    expect(project).toMatchObject({ ConcurrentBuildLimit: 2 });
  });

  test('may write their log and nothing else', () => {
    const policies = template.resources('AWS::IAM::ManagedPolicy');
    const [, policy] = policies.find(([id]) => id.startsWith('BuildsRole')) ?? [];
    expect(policy?.Properties['PolicyDocument']).toMatchObject({
      Statement: [{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }],
    });
  });
});

describe('roles', () => {
  test('have no inline policies and no rights of AWS that are wider than ours', () => {
    expect(propertiesOf('AWS::IAM::Policy')).toEqual([]);
    for (const role of propertiesOf('AWS::IAM::Role')) {
      expect(role).not.toHaveProperty('Policies');
      expect(JSON.stringify(role['ManagedPolicyArns'])).not.toContain(':aws:policy/');
    }
  });

  test('are assumed by one service each', () => {
    const services = propertiesOf('AWS::IAM::Role').map(({ AssumeRolePolicyDocument }) =>
      JSON.stringify(AssumeRolePolicyDocument).match(/[a-z]+\.amazonaws\.com/g),
    );
    expect(services.every((found) => found?.length === 1)).toBe(true);
    expect(services.flat().filter((service) => service === 'cloudformation.amazonaws.com')).toHaveLength(1);
  });

  test('have a boundary of their own where CloudFormation makes what deployments ask for', () => {
    const boundaryOf = (from: Template) =>
      propertiesOf('AWS::IAM::Role', from)
        .filter((role) => JSON.stringify(role['AssumeRolePolicyDocument']).includes('cloudformation.'))
        .map((role) => JSON.stringify(role['PermissionsBoundary']));
    const [id = ''] = template
      .resources('AWS::IAM::ManagedPolicy')
      .flatMap(([name, { Properties }]) =>
        JSON.stringify(Properties).includes('the most that CloudFormation can do') ? name : [],
      );
    expect(id).not.toBe('');
    expect(boundaryOf(template)).toEqual([JSON.stringify({ Ref: id })]);
    expect(boundaryOf(facts.template('bounded'))).toEqual([expect.stringContaining('company-boundary')]);
  });

  test('carry the boundary that the account demands', () => {
    const roles = propertiesOf('AWS::IAM::Role', facts.template('bounded'));
    expect(roles.every((role) => JSON.stringify(role).includes('company-boundary'))).toBe(true);
  });
});

describe('alarms', () => {
  test('tell the topic, and say where the runbook tells what to do', () => {
    const headings = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .map((line) => line.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-'));
    const alarms = (['usual', 'thinking'] as const).flatMap((name) =>
      propertiesOf('AWS::CloudWatch::Alarm', facts.template(name)),
    );
    expect(alarms.length).toBeGreaterThan(20);
    for (const { AlarmActions, AlarmDescription } of alarms) {
      expect(AlarmActions).toHaveLength(1);
      expect(headings).toContain(String(AlarmDescription).split('docs/runbook.md#')[1]);
    }
  });

  test('reach an address, and a budget is watched, when the operator gives them', () => {
    expect(propertiesOf('AWS::SNS::Subscription')).toEqual([]);
    expect(propertiesOf('AWS::Budgets::Budget')).toEqual([]);
    const told = facts.template('told');
    expect(propertiesOf('AWS::SNS::Subscription', told)).toMatchObject([
      { Endpoint: 'ops@example.com', Protocol: 'email' },
    ]);
    expect(propertiesOf('AWS::Budgets::Budget', told)).toMatchObject([
      { Budget: { BudgetLimit: { Amount: 50, Unit: 'USD' } } },
    ]);
  });
});

describe('language models', () => {
  const policies = (name: keyof typeof SETTINGS) =>
    propertiesOf('AWS::IAM::ManagedPolicy', facts.template(name)).flatMap(
      ({ PolicyDocument }) =>
        (PolicyDocument as { Statement: { Sid: string; Action: unknown; Resource: unknown }[] }).Statement,
    );

  test('may not be asked by anybody where none is configured', () => {
    expect(policies('usual').filter(({ Sid }) => Sid === 'Models')).toEqual([]);
  });

  test('may be asked by the agents that think, and no others than those configured', () => {
    const statements = policies('thinking').filter(({ Sid }) => Sid === 'Models');
    expect(statements).toHaveLength(THINKING.length);
    for (const { Action, Resource } of statements) {
      expect(Action).toBe('bedrock:InvokeModel');
      const text = JSON.stringify(Resource);
      expect(text).toContain(':inference-profile/global.anthropic.claude-sonnet-5-5');
      expect(text).toContain('bedrock:*::foundation-model/anthropic.claude-sonnet-5-5');
      expect(text).toContain('bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0');
    }
  });

  test('are told to functions as the gateway reads them', () => {
    const told = propertiesOf('AWS::Lambda::Function', facts.template('thinking')).flatMap(
      ({ Environment }) => {
        const { Variables } = Environment as { Variables: Record<string, string> };
        return Variables['HIVEMIND_MODELS'] ?? [];
      },
    );
    expect(told).toHaveLength(THINKING.length);
    const expected = modelSettings({
      HIVEMIND_MODEL: 'global.anthropic.claude-sonnet-5-5',
      HIVEMIND_MODEL_CHEAP: 'amazon.nova-micro-v1:0',
      HIVEMIND_MODEL_REGION: 'us-east-1',
      HIVEMIND_MODEL_BUDGET_DAY: '2.5',
      HIVEMIND_MODEL_BUDGET_DEPLOYMENT: 'none',
    });
    for (const models of told) expect(configuredModels(models)).toEqual(expected);
  });

  test('ring when an hour costs a quarter of the day, where there is a budget', () => {
    const alarm = (name: keyof typeof SETTINGS) =>
      propertiesOf('AWS::CloudWatch::Alarm', facts.template(name)).filter(
        ({ AlarmName }) => AlarmName === 'hivemind-model-cost',
      );
    expect(alarm('usual')).toEqual([]);
    expect(alarm('thinking')).toEqual([expect.objectContaining({ Threshold: 0.625 })]);
    expect(modelSettings({}).budgets.perDayNanoUsd).toBe(DEFAULT_DAY_USD * 1e9);
  });

  test('of an unknown kind may be asked through the profile that was named, and no other', () => {
    const [first, second] = policies('profiles').filter(({ Sid }) => Sid.startsWith('Models'));
    expect(first?.Resource).toBe('arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc');
    expect(JSON.stringify(second)).toContain(
      '"bedrock:InferenceProfileArn":["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"]',
    );
  });

  test.each(['elsewhere', 'budget', 'others', 'headless', 'cents'] as const)(
    'are refused when they cannot be asked: %s',
    (name) => {
      expect(facts.error(name)).toMatch(/the setting "hivemind:model/);
    },
  );
});

describe('the stack', () => {
  test('tells every fact as an output', () => {
    expect(Object.keys(template.text.Outputs).sort()).toEqual(FACTS.map(outputName).sort());
  });

  test('tags everything that takes tags', () => {
    const tagged = ['AWS::Lambda::Function', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::IAM::Role'];
    for (const { Tags } of tagged.flatMap((type) => propertiesOf(type, facts.template('told')))) {
      expect(Tags).toEqual(
        expect.arrayContaining([
          { Key: 'hivemind:control-plane', Value: 'true' },
          { Key: 'hivemind:owner', Value: 'platform team' },
        ]),
      );
    }
  });

  test.each(['network', 'logRetentionDays', 'notificationEmail', 'region'] as const)(
    'refuses a %s that makes no sense, and says which setting it is',
    (name) => {
      expect(facts.error(name)).toContain(`the setting "hivemind:${name}" is not valid`);
    },
  );
});

describe('checks', () => {
  test('cdk-nag has no open findings', () => {
    expect(facts.open).toEqual([]);
  });

  test('every accepted finding is a finding, with a reason', () => {
    const applies = ({ finding: accepted }: { finding: string }) =>
      facts.all.some((finding) => finding.startsWith(accepted));
    expect(facts.accepted.filter((one) => !applies(one))).toEqual([]);
    expect(facts.accepted.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });

  test(
    'cfn-lint has nothing to say',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'hivemind-lint-'));
      const file = join(folder, 'hivemind.template.json');
      await writeFile(file, JSON.stringify(template.text));
      try {
        const { stdout } = await run('cfn-lint', ['--format', 'parseable', file]).catch((error) => error);
        expect(stdout).toBe('');
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    PATIENCE,
  );
});
