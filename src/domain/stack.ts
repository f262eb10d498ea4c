import type { Color, EnvironmentStage } from './deployment.ts';
import type { FailureDetail } from './failure.ts';

export const BLUEPRINTS = ['network', 'load-balancer', 'database', 'monitoring', 'compute'] as const;
export type BlueprintName = (typeof BLUEPRINTS)[number];

/** CloudFormation's own words, so that both platforms read alike. */
export const STACK_STATUSES = [
  'CREATE_IN_PROGRESS',
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'DELETE_IN_PROGRESS',
  'DELETE_FAILED',
] as const;
export type StackStatus = (typeof STACK_STATUSES)[number];

/** An instantiated blueprint. Parameters and outputs are strings, as CloudFormation has them. */
export interface Stack {
  readonly name: string;
  readonly blueprint: BlueprintName;
  readonly deploymentId: string;
  readonly status: StackStatus;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly failure: FailureDetail | null;
}

export interface StackChange {
  readonly action: 'create' | 'modify' | 'replace' | 'remove' | 'none';
  readonly resource: string;
  readonly reason: string;
}

export const isStackReady = (stack: Stack): boolean =>
  stack.status === 'CREATE_COMPLETE' || stack.status === 'UPDATE_COMPLETE';

/** What uses goes before what is used. */
export const REMOVAL_ORDER: readonly BlueprintName[] = [
  'compute',
  'monitoring',
  'database',
  'load-balancer',
  'network',
];

export const stackName = (deploymentId: string, blueprint: BlueprintName, color?: Color): string =>
  color ? `${deploymentId}-${blueprint}-${color}` : `${deploymentId}-${blueprint}`;

/** The network that all deployments of a stage share where networks cost money. */
export const sharedNetworkName = (stage: EnvironmentStage): string => `hivemind-network-${stage}`;
