import type { ActionId } from './actions.ts';

export const CAUSE_FAMILIES = [
  'source',
  'build',
  'app_start',
  'database',
  'cloudformation',
  'aws_capacity_and_config',
  'access',
  'network_and_tls',
  'health',
  'llm',
  'other',
] as const;
export type CauseFamily = (typeof CAUSE_FAMILIES)[number];

export interface Cause {
  readonly family: CauseFamily;
  /** What happened, in the words of an operator. */
  readonly meaning: string;
  /** What usually helps. */
  readonly fix: ActionId;
  /** The same stage, run again unchanged, has a fair chance of passing. */
  readonly retryable: boolean;
}

export const cause = (family: CauseFamily, fix: ActionId, meaning: string): Cause => ({
  family,
  fix,
  meaning,
  retryable: false,
});

export const retryable = (family: CauseFamily, fix: ActionId, meaning: string): Cause => ({
  family,
  fix,
  meaning,
  retryable: true,
});
