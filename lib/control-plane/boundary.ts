import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { accept } from '../accepted-finding.ts';
import { CONTROL_PLANE_PATH } from './places.ts';
import { policyStatement, wildcardReasons } from './service-role.ts';
import type { Statement } from './statement.ts';

export interface BoundaryProps {
  readonly description: string;
  readonly statements: readonly Statement[];
}

/** A permissions boundary: the most that roles which carry it can do, whatever their own policies say. */
export class Boundary extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { description, statements }: BoundaryProps) {
    super(scope, id);
    this.policy = new ManagedPolicy(this, 'Policy', {
      description,
      path: CONTROL_PLANE_PATH,
      statements: statements.map(policyStatement),
    });
    accept(this.policy, wildcardReasons(this, statements));
  }
}
