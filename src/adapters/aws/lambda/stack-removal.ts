import { RDSClient } from '@aws-sdk/client-rds';
import type { StackEngine } from '../../../ports/stack-engine.ts';
import type { RemovalFacts } from '../stack-engine/facts.ts';
import { removeStack } from '../stack-engine/removing.ts';
import { newClient } from './observability.ts';

const rds = newClient(RDSClient);

/** Loaded with `import()` by the functions that remove stacks now and then: databases have a large client. */
export const stackRemoval = (facts: Omit<RemovalFacts, 'rds'>): Pick<StackEngine, 'remove'> => ({
  remove: (name, patience) => removeStack({ ...facts, rds }, name, patience),
});
