import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Bounded } from './places.ts';
import { ServiceRole } from './service-role.ts';
import { stackRoleStatements } from './stack-role/policies.ts';

/** The role with which CloudFormation makes the stacks of deployments: what the blueprints contain, and no more. */
export class StackRole extends Construct {
  readonly role: ServiceRole['role'];

  constructor(scope: Construct, id: string, places: Bounded) {
    super(scope, id);
    this.role = new ServiceRole(this, 'Role', {
      description: 'HiveMind: what CloudFormation may make for a deployment',
      principal: new ServicePrincipal('cloudformation.amazonaws.com'),
      policies: stackRoleStatements(places),
    }).role;
  }
}
