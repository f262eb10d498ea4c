import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { Boundary } from './boundary.ts';
import type { Bounded } from './places.ts';
import { ServiceRole } from './service-role.ts';
import { stackBoundaryStatements } from './stack-role/boundary-statements.ts';
import { stackRoleStatements } from './stack-role/policies.ts';

export interface StackRoleProps {
  readonly places: Bounded;
  /** The account demands a boundary of its own, and a role can have only one. */
  readonly isBoundedAlready: boolean;
}

/** The role with which CloudFormation makes the stacks of deployments: what the blueprints contain, and no more. */
export class StackRole extends Construct {
  readonly role: ServiceRole['role'];

  constructor(scope: Construct, id: string, { places, isBoundedAlready }: StackRoleProps) {
    super(scope, id);
    const boundary = isBoundedAlready
      ? undefined
      : new Boundary(this, 'Boundary', {
          description: 'HiveMind: the most that CloudFormation can do for a deployment',
          statements: stackBoundaryStatements(places),
        });
    this.role = new ServiceRole(this, 'Role', {
      description: 'HiveMind: what CloudFormation may make for a deployment',
      principal: new ServicePrincipal('cloudformation.amazonaws.com'),
      policies: stackRoleStatements(places),
      permissionsBoundary: boundary?.policy,
    }).role;
  }
}
