import type { StackEngine } from '../../ports/stack-engine.ts';
import { deployStack } from './stack-engine/deploying.ts';
import type { DescribedStack } from './stack-engine/described-stack.ts';
import type { BuildingFacts, RemovalFacts } from './stack-engine/facts.ts';
import { previewStack } from './stack-engine/previewing.ts';
import { liftProtection } from './stack-engine/protection.ts';
import { describeStack, listStacks } from './stack-engine/reading.ts';
import { removeStack } from './stack-engine/removing.ts';

export type EngineFacts = Omit<BuildingFacts, 'liftProtection'> & RemovalFacts;

/**
 * The blueprints as CloudFormation stacks. A function that needs a part of it composes that part itself, from `describeStack`,
 * `listStacks`, `deployStack`, `previewStack` and `removeStack`, so that it carries the calls it makes and no others.
 */
export function awsStackEngine(engine: EngineFacts): StackEngine {
  const facts = { ...engine, liftProtection: (stack: DescribedStack) => liftProtection(engine, stack) };
  return {
    preview: (request) => previewStack(facts, request),
    deploy: (request, patience) => deployStack(facts, request, patience),
    describe: (name) => describeStack(facts, name),
    remove: (name, patience) => removeStack(facts, name, patience),
    list: (deploymentId) => listStacks(facts, deploymentId),
  };
}
