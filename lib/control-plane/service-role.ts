import { Stack } from 'aws-cdk-lib';
import {
  Effect,
  type IManagedPolicy,
  type IPrincipal,
  ManagedPolicy,
  PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam';
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
  /** @default the one that the account demands, or none */
  readonly permissionsBoundary?: IManagedPolicy | undefined;
}

/** A role for one service. What it may do stands in managed policies, which can be looked at apart from it. */
export class ServiceRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const { description, principal, policies, permissionsBoundary } = props;
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
      ...(permissionsBoundary && { permissionsBoundary }),
    });
  }
}

export const policyStatement = ({
  sid,
  denies,
  actions,
  resources,
  conditions,
}: Statement): PolicyStatement =>
  new PolicyStatement({
    sid,
    effect: denies ? Effect.DENY : Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions }),
  });

/** cdk-nag asks about every action and resource with a wildcard; each statement says why it has one. */
export function wildcardReasons(scope: Construct, statements: readonly Statement[]): Record<string, string> {
  const findings = statements
    .filter(({ denies }) => !denies)
    .flatMap(({ actions, resources, why }) => {
      const resolved = resources.map((resource) => flattenCfnReference(Stack.of(scope).resolve(resource)));
      return [...actions.map((action) => `Action::${action}`), ...resolved.map((arn) => `Resource::${arn}`)]
        .filter((finding) => finding.includes('*'))
        .map((finding) => [`AwsSolutions-IAM5[${finding}]`, why ?? ''] as const);
    });
  return Object.fromEntries(findings);
}
