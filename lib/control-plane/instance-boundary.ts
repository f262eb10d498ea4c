import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { accept } from '../accepted-finding.ts';
import { boundaryStatements } from './boundary-statements.ts';
import { CONTROL_PLANE_PATH, type Ground } from './places.ts';
import { policyStatement, wildcardReasons } from './service-role.ts';

/** Permissions boundary of the roles of instances and databases. */
export class InstanceBoundary extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, places: Ground) {
    super(scope, id);
    const statements = boundaryStatements(places);
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: 'HiveMind: the most that a role of a deployment can do',
      path: CONTROL_PLANE_PATH,
      statements: statements.map(policyStatement),
    });
    accept(this.policy, wildcardReasons(this, statements));
  }
}
