import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { blueprintTemplate } from '../../src/adapters/aws/blueprints.ts';
import type { BlueprintName } from '../../src/domain/stack.ts';

const FOLDER = new URL('../../blueprints/', import.meta.url);
/** The most that CloudFormation takes with a call. */
const TEMPLATE_BYTES = 51_200;

const templateShape = z.object({
  Parameters: z.record(z.string(), z.unknown()),
  Resources: z.record(z.string(), z.object({ Type: z.string(), Metadata: z.undefined().optional() })),
  Outputs: z.record(z.string(), z.object({ Export: z.unknown().optional() })),
});

/** Milliseconds. Other programs, on a machine that may be busy with more. */
const PATIENCE = 120_000;

const factsShape = z.object({
  templates: z.record(z.string(), z.unknown()),
  open: z.array(z.string()),
  all: z.array(z.string()),
  accepted: z.array(z.object({ finding: z.string(), reason: z.string(), onResource: z.boolean() })),
});
let facts: z.infer<typeof factsShape>;

const run = async (program: string, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(program, [...args], { maxBuffer: 10_000_000 })).stdout;

beforeAll(async () => {
  const program = fileURLToPath(new URL('blueprint-facts.ts', import.meta.url));
  facts = factsShape.parse(JSON.parse(await run(process.execPath, ['--no-warnings', program])));
}, PATIENCE);

const committed = (file: string): unknown => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));

/** `hivemind:variant` chooses the template; every other parameter of a blueprint is one of its template's. */
interface Contract {
  readonly variants: readonly string[];
  readonly parameters: readonly string[];
  readonly outputs: readonly string[];
  readonly exported: readonly string[];
}

const PLACES = ['stage-1', 'production'];
const RELEASE = [
  'Color',
  'Release',
  'Commit',
  'Artifact',
  'Root',
  'Runtime',
  'Processes',
  'EnvironmentSecret',
  'DatabaseSecret',
];

const contracts: readonly (Contract & { readonly blueprint: BlueprintName })[] = [
  {
    blueprint: 'network',
    variants: PLACES,
    parameters: [],
    outputs: [],
    exported: ['VpcId', 'PublicSubnetIds', 'InstanceSubnetIds', 'IsolatedSubnetIds'],
  },
  ...['http', 'https'].map((variant) => ({
    blueprint: 'load-balancer' as const,
    variants: [variant],
    parameters: [
      'NetworkStack',
      'ListenerPort',
      'BlueHealthCheckPath',
      'GreenHealthCheckPath',
      'DeregistrationDelaySeconds',
      'ActiveColor',
      'DeletionProtection',
      ...(variant === 'https' ? ['CertificateArn'] : []),
    ],
    outputs: ['Url', 'Port', 'LoadBalancerArn', 'ListenerArn', 'ProbeSecret', 'ProbeHeader'],
    exported: [
      'LoadBalancerFullName',
      'BlueTargetGroupArn',
      'GreenTargetGroupArn',
      'BlueTargetGroupFullName',
      'GreenTargetGroupFullName',
      'SecurityGroupId',
    ],
  })),
  {
    blueprint: 'database',
    variants: ['postgres', 'mysql'].flatMap((engine) => PLACES.map((stage) => `${engine}-${stage}`)),
    parameters: ['NetworkStack', 'DatabaseName'],
    outputs: ['Host', 'Port', 'Secret', 'Endpoint'],
    exported: ['InstanceId', 'ClientSecurityGroupId', 'Stage1ConnectionAlarm', 'ProductionConnectionAlarm'],
  },
  ...['web', 'web-database', 'worker', 'worker-database'].map((variant) => ({
    blueprint: 'monitoring' as const,
    variants: [variant],
    parameters: ['Xray', ...usedStacks(variant), ...(variant.endsWith('database') ? ['Stage'] : [])],
    outputs: ['DashboardName', 'DashboardUrl'],
    exported: [],
  })),
  ...['web', 'worker'].flatMap((kind) =>
    PLACES.flatMap((stage) =>
      [`${kind}-${stage}`, `${kind}-${stage}-database`].map((variant) => ({
        blueprint: 'compute' as const,
        variants: [variant],
        parameters: [
          ...RELEASE,
          'NetworkStack',
          'PublicAddress',
          'StartOnBoot',
          'InstanceCount',
          'Xray',
          ...usedStacks(variant),
        ],
        outputs: [],
        exported: ['AutoScalingGroupName'],
      })),
    ),
  ),
];

function usedStacks(variant: string): readonly string[] {
  return [
    ...(variant.startsWith('web') ? ['LoadBalancerStack'] : []),
    ...(variant.endsWith('database') ? ['DatabaseStack'] : []),
  ];
}

/** What the stack engine fills in when a template asks. */
const AMBIENT = [
  'DeploymentId',
  'Owner',
  'ArtifactBucket',
  'AccessLogBucket',
  'LogGroup',
  'PermissionsBoundaryArn',
  'AlarmTopicArn',
  'InstanceDocument',
];

const variants = contracts.flatMap((contract) =>
  contract.variants.map((variant) => [`${contract.blueprint}.${variant}`, contract, variant] as const),
);

describe('the committed templates', () => {
  test('are what the constructs make (npm run blueprints)', () => {
    const templates = Object.entries(facts.templates);
    expect(templates.map(([name]) => `${name}.json`).sort()).toEqual(readdirSync(FOLDER).sort());
    for (const [name, template] of templates) expect(committed(`${name}.json`)).toEqual(template);
  });

  test('are all in the contract', () => {
    expect(variants.map(([name]) => `${name}.json`).sort()).toEqual(readdirSync(FOLDER).sort());
  });

  test.each(variants)('%s keeps its contract', async (name, contract, variant) => {
    const body = await blueprintTemplate(contract.blueprint, variant);
    expect(JSON.parse(body)).toEqual(committed(`${name}.json`));
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(TEMPLATE_BYTES);
    const { Parameters, Outputs } = templateShape.parse(JSON.parse(body));
    const ours = Object.entries(Parameters).filter(
      ([key]) => !AMBIENT.includes(key) && !hasDefault(Parameters[key]),
    );
    expect(ours.map(([key]) => key).sort()).toEqual([...contract.parameters].sort());
    expect(Object.keys(Outputs).sort()).toEqual([...contract.outputs, ...contract.exported].sort());
    for (const [key, { Export }] of Object.entries(Outputs)) {
      const isExported = contract.exported.includes(key);
      expect(Export).toEqual(isExported ? { Name: { 'Fn::Sub': `\${AWS::StackName}-${key}` } } : undefined);
    }
  });
});

/** Such as the machine image: nobody has to give it. */
const hasDefault = (parameter: unknown): boolean =>
  z.object({ Default: z.string() }).safeParse(parameter).success;

test('cdk-nag has no open findings', () => {
  expect(facts.open).toEqual([]);
});

test('every accepted finding is a finding, on one resource, with a reason', () => {
  const found = new Set(facts.all);
  expect(facts.accepted.filter(({ finding }) => !found.has(finding))).toEqual([]);
  expect(facts.accepted.filter(({ onResource }) => !onResource)).toEqual([]);
  expect(facts.accepted.filter(({ reason }) => reason.length < 60)).toEqual([]);
});

test(
  'cfn-lint has nothing to say',
  async () => {
    const templates = readdirSync(FOLDER).map((file) => fileURLToPath(new URL(file, FOLDER)));
    expect(await run('cfn-lint', ['--format', 'parseable', ...templates])).toBe('');
  },
  PATIENCE,
);

test('an unknown variant is a fault of ours', async () => {
  await expect(blueprintTemplate('network', 'toString')).rejects.toMatchObject({ code: 'InternalError' });
});
