import { isExposed, type Plan } from '../../src/domain/plan.ts';
import type { BlueprintName } from '../../src/domain/stack.ts';
import type { ReleaseFacts, StackFacts } from '../../src/stages/compute-parameters.ts';

/** Stacks that a plan needs, in the order in which they are made. */
export function blueprintsFor(plan: Plan): readonly BlueprintName[] {
  return [
    'network',
    ...(isExposed(plan) ? (['load-balancer'] as const) : []),
    ...(plan.database.value ? (['database'] as const) : []),
    'monitoring',
    'compute',
  ];
}

/** What the stack and all that it makes is found and billed by. */
export const stackTags = (
  { settings }: StackFacts,
  owner: string,
  release?: Pick<ReleaseFacts, 'color' | 'release'>,
): Record<string, string> => ({
  stage: settings.stage,
  owner,
  ...(release && { color: release.color, release: String(release.release) }),
});
