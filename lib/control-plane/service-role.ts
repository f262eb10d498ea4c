import { Stack } from 'aws-cdk-lib';
import { Effect, type IPrincipal, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { Construct } from 'constructs';
import { accept } from '../accepted-finding.ts';
import { CONTROL_PLANE_PATH } from './places.ts';
import type { Statement } from './statement.ts';

export interface ServiceRoleProps {
  readonly description: string;
  readonly principal: IPrincipal;
  /** By name; each becomes a managed policy, which holds 6144 characters. */
  readonly policies: Readonly<Record<string, readonly Statement[]>>;
}

/** A role for one service. What it may do stands in managed policies, which can be looked at apart from it. */
export class ServiceRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { description, principal, policies }: ServiceRoleProps) {
    super(scope, id);
    const managedPolicies = Object.entries(policies).map(([name, statements]) => {
      const policy = new ManagedPolicy(this, name, {
        description,
        path: CONTROL_PLANE_PATH,
        statements: statements.map(policyStatement),
      });
      accept(policy, wildcardReasons(this, statements));
      return policy;
    });
    this.role = new Role(this, 'Role', {
      assumedBy: principal,
      description,
      path: CONTROL_PLANE_PATH,
      managedPolicies,
    });
  }
}

export const policyStatement = ({ sid, actions, resources, conditions }: Statement): PolicyStatement =>
  new PolicyStatement({
    sid,
    effect: Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions }),
  });

/** cdk-nag asks about every resource with a wildcard; each statement says why it has one. */
export function wildcardReasons(scope: Construct, statements: readonly Statement[]): Record<string, string> {
  const findings = statements.flatMap(({ resources, why }) =>
    resources
      .map((resource) => flattenCfnReference(Stack.of(scope).resolve(resource)))
      .filter((resource) => resource.includes('*'))
      .map((resource) => [`AwsSolutions-IAM5[Resource::${resource}]`, why ?? ''] as const),
  );
  return Object.fromEntries(findings);
}
