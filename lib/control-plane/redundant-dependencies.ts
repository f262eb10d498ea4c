import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Takes out what CDK writes for a role that is named anyway: CloudFormation waits for what a template refers to. */
export function withoutRedundantDependencies(construct: IConstruct): void {
  const resource = construct.node.defaultChild;
  if (resource instanceof CfnResource) resource.addDeletionOverride('DependsOn');
}
