import { describe, expect, test } from '@jest/globals';
import { FUNCTION_NAMES } from '../../lib/control-plane/functions.ts';
import { instanceBoundaryStatements } from '../../lib/control-plane/instance-boundary-statements.ts';
import { permissionsOf } from '../../lib/control-plane/permissions.ts';
import { STACK_TYPES, stackRoleStatements } from '../../lib/control-plane/stack-role/policies.ts';
import type { Statement } from '../../lib/control-plane/statement.ts';
import { actionsOfBlueprints, resourcesOfBlueprints } from './blueprint-contents.ts';
import { actionsOf, indirectActions } from './iam-actions.ts';
import { PLACES } from './places.ts';
import { MANAGED_POLICY_SIZE, policySize } from './policy-document.ts';
import { sdkCallsOf } from './sdk-calls.ts';
import { UNRESTRICTABLE } from './unrestrictable-actions.ts';

const actionsIn = (statements: readonly Statement[]) =>
  [...new Set(statements.flatMap(({ actions }) => actions))].sort();

/** A name of a template, `{"Ref": "DeploymentId"}` or joined with it. */
const nameIn = (value: unknown, deploymentId: string): string => {
  const parts = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1] ?? [value];
  return parts.map((part) => (typeof part === 'string' ? part : deploymentId)).join('');
};

const policies: readonly (readonly [string, readonly Statement[]])[] = [
  ...FUNCTION_NAMES.map((name) => [name, permissionsOf(name, PLACES)] as const),
  ...Object.entries(stackRoleStatements(PLACES)).map(
    ([name, part]) => [`stack role: ${name}`, part] as const,
  ),
  ['instance boundary', instanceBoundaryStatements(PLACES)],
];

describe.each(FUNCTION_NAMES)('the role of %s', (name) => {
  test('allows the calls that the function makes, and nothing more', async () => {
    const direct = new Set((await sdkCallsOf(name)).flatMap(actionsOf));
    const needed = new Set([...direct, ...indirectActions(direct)]);
    expect(actionsIn(permissionsOf(name, PLACES))).toEqual([...needed].sort());
  });
});

describe.each(policies)('the policy of %s', (_name, statements) => {
  test('names every action', () => {
    expect(actionsIn(statements).filter((action) => /[*?]/.test(action))).toEqual([]);
  });

  test('allows on everything only what cannot be allowed on less', () => {
    const everywhere = statements.filter(({ resources }) => resources.includes('*'));
    expect(actionsIn(everywhere).filter((action) => !UNRESTRICTABLE.includes(action))).toEqual([]);
    const somewhere = statements.filter(({ resources }) => !resources.includes('*'));
    expect(actionsIn(somewhere).filter((action) => UNRESTRICTABLE.includes(action))).toEqual([]);
  });

  test('says why where a resource has a wildcard', () => {
    const wide = statements.filter(({ resources }) => resources.some((resource) => resource.includes('*')));
    expect(wide.filter(({ why = '' }) => why.length < 20).map(({ sid }) => sid)).toEqual([]);
  });

  test('fits into a managed policy', () => {
    expect(policySize(statements)).toBeLessThan(MANAGED_POLICY_SIZE);
  });
});

describe('the stack role', () => {
  test('makes what the blueprints contain, and nothing else', () => {
    const types = new Set(resourcesOfBlueprints().map(({ Type }) => Type));
    expect(Object.keys(STACK_TYPES).sort()).toEqual([...types].sort());
  });

  const statements = Object.values(stackRoleStatements(PLACES)).flat();
  const allowing = (...actions: readonly string[]) =>
    statements.filter((statement) => statement.actions.some((action) => actions.includes(action)));

  test('makes roles and gives them rights only within the boundary', () => {
    const found = allowing('iam:CreateRole', 'iam:AttachRolePolicy', 'iam:PutRolePermissionsBoundary');
    expect(found.map(({ conditions }) => conditions?.['ArnEquals'])).toEqual(
      found.map(() => ({ 'iam:PermissionsBoundary': PLACES.instanceBoundary })),
    );
    expect(allowing('iam:PutRolePolicy', 'iam:DeleteRolePermissionsBoundary')).toEqual([]);
  });

  test('gives tags only to what it makes at that moment, or what its name or kind tells', () => {
    const tagging = allowing('ec2:CreateTags', 'elasticloadbalancing:AddTags').filter(
      ({ conditions }) => conditions?.['Null'] === undefined,
    );
    const open = tagging.filter(({ conditions }) => {
      const [key = '', values = []] = Object.entries(conditions?.['StringEquals'] ?? {})[0] ?? [];
      return !/:CreateAction$/.test(key) || values.length === 0;
    });
    expect(open.flatMap(({ resources }) => resources)).toEqual(
      ['targetgroup/*-Blue*/*', 'targetgroup/*-Green*/*', 'listener/app/*', 'listener-rule/app/*'].map(
        (kind) => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:${kind}`,
      ),
    );
    const bound = allowing('ec2:CreateTags').flatMap(
      ({ conditions }) => conditions?.['StringEquals']?.['ec2:CreateAction'] ?? [],
    );
    expect(bound).toEqual(expect.arrayContaining(['CreateVpc', 'AllocateAddress', 'RunInstances']));
    expect(bound.filter((action) => /Describe|Modify/.test(action))).toEqual([]);
  });

  test('changes and deletes only launch templates of deployments', () => {
    const changing = allowing('ec2:CreateLaunchTemplateVersion', 'ec2:DeleteLaunchTemplate');
    expect(changing.map(({ conditions }) => conditions)).toEqual([
      { Null: { 'aws:ResourceTag/hivemind:deployment': 'false' } },
    ]);
  });

  test.each([5, 6])(
    'finishes target groups in regions that tag them late: %i letters of a logical id are in a name',
    (letters) => {
      const patterns = allowing('elasticloadbalancing:ModifyTargetGroupAttributes')
        .filter(({ conditions }) => conditions === undefined)
        .flatMap(({ resources }) => resources.flatMap((arn) => arn.split(':targetgroup/')[1] ?? []))
        .map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`));
      const names = resourcesOfBlueprints()
        .filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::TargetGroup')
        .map(({ id }) => `shopab-${id.slice(0, letters)}-1A2B3C4D5E6F/0123456789abcdef`);
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
      expect(patterns.some((pattern) => pattern.test('payments/0123456789abcdef'))).toBe(false);
    },
  );

  test.each([
    ['AWS::CloudWatch::Alarm', 'AlarmName', 'cloudwatch:PutMetricAlarm', 'alarm:'],
    ['AWS::CloudWatch::Dashboard', 'DashboardName', 'cloudwatch:PutDashboard', 'dashboard/'],
  ])(
    'may make every %s that the blueprints name, and none of another name',
    (type, property, action, kind) => {
      const patterns = allowing(action)
        .flatMap(({ resources }) => resources)
        .flatMap((arn) => arn.split(kind)[1] ?? [])
        .map((pattern) => new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`));
      const names = resourcesOfBlueprints()
        .filter(({ Type }) => Type === type)
        .map(({ Properties }) => nameIn(Properties?.[property], 'shop-abc234'));
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
      expect(patterns.filter((pattern) => !names.some((name) => pattern.test(name)))).toEqual([]);
      expect(patterns.some((pattern) => pattern.test('payments-production'))).toBe(false);
    },
  );

  test('has no say over the roles and policies of the control plane', () => {
    const identities = statements
      .filter(({ actions }) => actions.some((action) => action.startsWith('iam:')))
      .flatMap(({ resources }) => resources);
    const own = /^arn:aws:iam::123456789012:(role|policy|instance-profile)\/hivemind\/\*$/;
    const linked = /^arn:aws:iam::123456789012:role\/aws-service-role\//;
    expect(identities.filter((arn) => !own.test(arn) && !linked.test(arn))).toEqual([]);
  });
});

test('the instance boundary allows the actions that the blueprints give, and decryption of what they read', () => {
  expect(actionsIn(instanceBoundaryStatements(PLACES))).toEqual(
    [...actionsOfBlueprints(), 'kms:Decrypt'].sort(),
  );
});

test('only who hands the stack role to CloudFormation may pass a role, and only that one', () => {
  const passing = FUNCTION_NAMES.map((name) => ({
    name,
    passes: permissionsOf(name, PLACES).filter(({ actions }) => actions.includes('iam:PassRole')),
  })).filter(({ passes }) => passes.length > 0);
  expect(passing.map(({ name }) => name)).toEqual(['provisioner']);
  for (const { resources, conditions } of passing.flatMap(({ passes }) => passes)) {
    expect(resources).toEqual([PLACES.stackRole]);
    expect(conditions).toEqual({ StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } });
  }
});
