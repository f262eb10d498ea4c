import {
  Aws,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  type CfnParameterProps,
  Fn,
  type ICfnConditionExpression,
  type Stack,
} from 'aws-cdk-lib';
import type { BlueprintName } from '../../src/domain/stack.ts';

/**
 * One template: `blueprints/<blueprint>.<variant>.json`. `build` puts its parameters, resources and outputs into an empty stack.
 * Level 1 constructs directly in the stack have exactly the logical ids they are given, which keeps the templates small and stable.
 */
export interface Blueprint {
  readonly blueprint: BlueprintName;
  readonly variant: string;
  readonly description: string;
  build(stack: Stack): void;
}

/** A parameter of type String (unless said otherwise), without default: the engine gives every one. */
export const parameter = (stack: Stack, name: string, props: CfnParameterProps = {}): CfnParameter =>
  new CfnParameter(stack, name, { type: 'String', ...props });

/** A parameter that holds the name of another stack. Read it with `imported`. */
export const stackParameter = (stack: Stack, name: string): CfnParameter =>
  parameter(stack, name, { allowedPattern: '^[A-Za-z][A-Za-z0-9-]{0,127}$' });

/** What the stack named by a parameter exports as `<stack name>-<output>`. */
export const imported = (from: CfnParameter, output: string): string =>
  Fn.importValue(Fn.sub(`\${${from.logicalId}}-${output}`));

/** A list that the stack named by a parameter exports joined by commas. */
export const importedList = (from: CfnParameter, output: string): string[] =>
  Fn.split(',', imported(from, output));

export const output = (stack: Stack, name: string, value: string): CfnOutput =>
  new CfnOutput(stack, name, { value });

/** An output that other stacks import by `<stack name>-<name>`. */
export const exportedOutput = (stack: Stack, name: string, value: string): CfnOutput =>
  new CfnOutput(stack, name, { value, exportName: Fn.sub(`\${AWS::StackName}-${name}`) });

/** A condition of the template, for `Fn.conditionIf(condition.logicalId, ...)`. */
export const when = (stack: Stack, name: string, expression: ICfnConditionExpression): CfnCondition =>
  new CfnCondition(stack, name, { expression });

/** `hivemind/<deployment id>/<name>-<8 digits of the stack id>`: a stack that is made anew never meets the secret of the one before. */
export const deploymentSecretName = (deploymentId: string, name: string): string =>
  `hivemind/${deploymentId}/${name}-${stackIdDigits()}`;

/** Eight digits by which a stack differs from another one of the same name. */
// arn:aws:cloudformation:region:account:stack/name/<digits>-...
export const stackIdDigits = (): string =>
  Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
