import { describe, expect, test } from '@jest/globals';
import { stackBoundaryStatements } from '../../lib/control-plane/stack-role/boundary-statements.ts';
import { stackRoleStatements } from '../../lib/control-plane/stack-role/policies.ts';
import { PLACES } from './places.ts';
import { MANAGED_POLICY_SIZE, policySize } from './policy-document.ts';
import { covers, overlap, type Permission, permissionsIn } from './policy-patterns.ts';

const boundary = stackBoundaryStatements(PLACES);
const inside = permissionsIn(boundary.filter(({ denies }) => !denies));
const denied = permissionsIn(boundary.filter(({ denies }) => denies));
const allowed = permissionsIn(Object.values(stackRoleStatements(PLACES)).flat());

const matches = (outer: Permission, { action, resource }: Permission): boolean =>
  covers(outer.action, action) && covers(outer.resource, resource);

/** CloudFormation works where its stacks are: calls without a resource go to the region of the control plane. */
function isInRegion(arn: string, regions: readonly string[]): boolean {
  const region = arn === '*' ? PLACES.region : (arn.split(':')[3] ?? '');
  return regions.includes(region);
}

/** Whether whatever meets the conditions of a permission meets those of the boundary too. */
const implies = ({ conditions, resource }: Permission, outer: Permission['conditions']): boolean =>
  Object.entries(outer).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      if (key === 'aws:RequestedRegion') return isInRegion(resource, [values].flat());
      const given = conditions[operator]?.[key];
      return given !== undefined && [given].flat().every((value) => [values].flat().includes(value));
    }),
  );

const isInside = (permission: Permission): boolean =>
  inside.some((outer) => matches(outer, permission) && implies(permission, outer.conditions));

/** What has no resource is asked for as `*`, which is no ARN that a pattern of ARNs matches. */
const isDenied = ({ action, resource }: Permission): boolean =>
  denied.some(
    (each) =>
      covers(each.action, action) &&
      (resource === '*' ? each.resource === '*' : overlap(each.resource, resource)),
  );

const arn = (service: string, rest: string, region = PLACES.region): string =>
  `arn:aws:${service}:${region}:${PLACES.account}:${rest}`;

describe('the boundary of the stack role', () => {
  test('holds all that the policies of the role allow, under their conditions', () => {
    expect(allowed.length).toBeGreaterThan(500);
    expect(allowed.filter((permission) => !isInside(permission))).toEqual([]);
  });

  test('denies nothing of it but the credentials for code hosts', () => {
    const lost = allowed.filter(isDenied);
    expect(new Set(lost.map(({ action }) => action.split(':')[0]))).toEqual(new Set(['secretsmanager']));
    const git = arn('secretsmanager', 'secret:hivemind/git/*');
    expect(lost.every(({ resource }) => overlap(git, resource))).toBe(true);
    const ofDeployment = arn('secretsmanager', 'secret:hivemind/shop-abc234/*');
    expect(
      isDenied({ action: 'secretsmanager:GetSecretValue', resource: ofDeployment, conditions: {} }),
    ).toBe(false);
  });

  test('speaks of nothing that the policies do not, except for the keys of services', () => {
    const others = inside.filter(({ action }) => !action.startsWith('kms:'));
    const uses = (field: 'action' | 'resource') =>
      [...new Set(others.map((each) => each[field]))].filter(
        (pattern) => !allowed.some((permission) => covers(pattern, permission[field])),
      );
    expect(uses('action')).toEqual([]);
    expect(uses('resource')).toEqual([]);
  });

  test('names the verbs of a service at least, and says why where it does not name an action or a resource', () => {
    const actions = boundary.filter(({ denies }) => !denies).flatMap((statement) => statement.actions);
    expect(actions.filter((action) => !/^[a-z0-9]+:(\*?[A-Z][A-Za-z]+\*?)$/.test(action))).toEqual([]);
    const patterned = boundary.filter(
      ({ denies, actions: some, resources }) => !denies && /\*/.test([...some, ...resources].join()),
    );
    expect(patterned.filter(({ why = '' }) => why.length < 20).map(({ sid }) => sid)).toEqual([]);
  });

  test('fits into a managed policy, in the region of the longest name', () => {
    const longest = JSON.parse(
      JSON.stringify(PLACES).replaceAll(PLACES.region, 'ap-southeast-5'),
    ) as typeof PLACES;
    expect(policySize(stackBoundaryStatements(longest))).toBeLessThan(MANAGED_POLICY_SIZE);
  });

  const ROLE = arn('iam', 'role/hivemind/shop', '');
  test.each([
    ['iam:CreateUser', arn('iam', 'user/hivemind/eve', '')],
    ['iam:CreateRole', ROLE],
    ['iam:PutRolePolicy', ROLE],
    ['iam:DeleteRolePermissionsBoundary', ROLE],
    ['iam:PassRole', ROLE],
    ['iam:CreatePolicyVersion', arn('iam', 'policy/hivemind-control-plane/hivemind-InstanceBoundary', '')],
    ['iam:AttachRolePolicy', PLACES.stackRole],
    ['dynamodb:PutItem', PLACES.table],
    ['s3:PutBucketPolicy', PLACES.artifactBucket],
    ['lambda:UpdateFunctionCode', arn('lambda', 'function:hivemind-qa')],
    ['states:StartExecution', arn('states', 'stateMachine:hivemind-destroy')],
    ['kms:ScheduleKeyDeletion', PLACES.key],
    ['logs:DeleteLogGroup', PLACES.logGroup],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:hivemind/git/github-abcdef')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:payments')],
    ['rds:DeleteDBInstance', arn('rds', 'db:payments')],
    ['ec2:TerminateInstances', arn('ec2', 'instance/i-0')],
    ['ec2:DeleteVpc', arn('ec2', 'vpc/vpc-0', 'us-east-1')],
    ['sts:AssumeRole', arn('iam', 'role/admin', '')],
  ])('ends %s on %s, also for one who may do everything', (action, resource) => {
    const anything = { action, resource, conditions: {} };
    expect(isInside(anything) && !isDenied(anything)).toBe(false);
  });
});
