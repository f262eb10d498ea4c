import { CfnResource, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Answers findings of cdk-nag about one construct and what is in it: rule, or `rule[finding]`, and why it stays as it is. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

/** Takes out what CDK writes for a role that is named anyway: CloudFormation waits for what a template refers to. */
export function withoutRedundantDependencies(construct: IConstruct): void {
  const resource = construct.node.defaultChild;
  if (resource instanceof CfnResource) resource.addDeletionOverride('DependsOn');
}
