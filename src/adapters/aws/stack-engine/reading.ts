import { COLORS, ENVIRONMENT_STAGES } from '../../../domain/deployment.ts';
import type { FailureDetail } from '../../../domain/failure.ts';
import { BLUEPRINTS, type Stack, sharedNetworkName, stackName } from '../../../domain/stack.ts';
import { type DescribedStack, deploymentOf, domainStack, findStack } from './described-stack.ts';
import { explainedFailure } from './explained-failure.ts';
import type { ReadingFacts } from './facts.ts';
import { stuckFailure } from './failure.ts';
import { lastOperation } from './operation.ts';

/** A stack that HiveMind made; a name that only holds a change set is no stack. */
export async function describeStack(facts: ReadingFacts, name: string): Promise<Stack | undefined> {
  const stack = await findStack(facts.cloudFormation, name);
  if (!stack || stack.phase === 'empty' || deploymentOf(stack) === undefined) return undefined;
  return domainStack(stack, await standingFailure(facts, stack));
}

/**
 * By the names that stacks of a deployment have, because asking for each is right at once and costs the same however many
 * deployments there are: a list of all stacks grows with them, and an index by tag lags behind.
 */
export async function listStacks(facts: ReadingFacts, deploymentId: string): Promise<readonly Stack[]> {
  const stacks = await Promise.all(namesOf(deploymentId).map((name) => describeStack(facts, name)));
  return stacks.filter((stack) => stack !== undefined).filter((stack) => stack.deploymentId === deploymentId);
}

/** Deployment that the stacks shared by all deployments are booked on. */
const SHARED = 'shared';

const namesOf = (deploymentId: string): readonly string[] =>
  deploymentId === SHARED
    ? ENVIRONMENT_STAGES.map(sharedNetworkName)
    : BLUEPRINTS.flatMap((blueprint) =>
        blueprint === 'compute'
          ? COLORS.map((color) => stackName(deploymentId, blueprint, color))
          : [stackName(deploymentId, blueprint)],
      );

/** Why the stack is as it is, when it is not as it should be. */
async function standingFailure(facts: ReadingFacts, stack: DescribedStack): Promise<FailureDetail | null> {
  const { id, name, phase, status } = stack;
  if (!status.endsWith('_FAILED')) return null;
  const operation = await lastOperation(facts.cloudFormation, id);
  if (phase === 'stuck') return stuckFailure(name, operation);
  const verb = phase === 'undeletable' ? 'removed' : phase === 'remains' ? 'created' : 'changed';
  return explainedFailure(facts, stack, verb, operation);
}
