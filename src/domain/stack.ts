import type { FailureDetail } from './failure.ts';

export const BLUEPRINTS = ['network', 'load-balancer', 'database', 'compute'] as const;
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
export const REMOVAL_ORDER: readonly BlueprintName[] = ['compute', 'database', 'load-balancer', 'network'];
