import { RDSClient } from '@aws-sdk/client-rds';
import type { StackEngine } from '../../../ports/stack-engine.ts';
import type { DescribedStack } from '../stack-engine/described-stack.ts';
import type { RemovalFacts } from '../stack-engine/facts.ts';
import { liftProtection } from '../stack-engine/protection.ts';
import { removeStack } from '../stack-engine/removing.ts';
import { newClient } from './observability.ts';

const rds = newClient(RDSClient);

export interface StackRemoval extends Pick<StackEngine, 'remove'> {
  /** Of a stack that is about to be deleted. @returns false when something in it is busy: try again */
  readonly liftProtection: (stack: DescribedStack) => Promise<boolean>;
}

/** Loaded with `import()` by the functions that remove stacks now and then: databases have a large client. */
export const stackRemoval = (facts: Omit<RemovalFacts, 'rds'>): StackRemoval => ({
  remove: (name, patience) => removeStack({ ...facts, rds }, name, patience),
  liftProtection: (stack) => liftProtection({ ...facts, rds }, stack),
});
