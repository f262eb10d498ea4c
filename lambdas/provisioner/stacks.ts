import type { EnvironmentStage } from '../../src/domain/deployment.ts';
import { isExposed, type Plan } from '../../src/domain/plan.ts';
import type { BlueprintName } from '../../src/domain/stack.ts';
import {
  networkStageOf,
  type ReleaseFacts,
  type StackFacts,
  type StackParameters,
  stackOf,
  stackReferences,
  structureOf,
} from '../../src/stages/compute-parameters.ts';
import type { InfrastructureFacts } from './infrastructure-facts.ts';

/** How long a target may finish what it has in hand when it is taken out. */
const DEREGISTRATION_DELAY_SECONDS: Record<EnvironmentStage, number> = { production: 30, 'stage-1': 5 };

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

export type InfrastructureBlueprint = Exclude<BlueprintName, 'compute'>;

/** Parameters of the stacks that do not depend on a release. On one machine there is nothing to choose about most of them. */
export function infrastructureParameters(
  blueprint: InfrastructureBlueprint,
  facts: InfrastructureFacts,
): StackParameters {
  switch (blueprint) {
    case 'network':
      return facts.settings.target === 'aws' ? { variant: networkStageOf(facts.settings) } : {};
    case 'load-balancer':
      return loadBalancerParameters(facts);
    case 'database':
      return databaseParameters(facts);
    case 'monitoring':
      return monitoringParameters(facts);
  }
}

function loadBalancerParameters(facts: InfrastructureFacts): StackParameters {
  const { plan, settings, healthCheckPaths } = facts;
  const parameters = {
    listenerPort: settings.listenerPort === undefined ? '' : String(settings.listenerPort),
    deregistrationDelaySeconds: String(DEREGISTRATION_DELAY_SECONDS[settings.stage]),
  };
  if (settings.target === 'local') return { ...parameters, healthCheckPath: plan.healthCheckPath.value };
  const { certificateArn } = settings;
  return {
    ...parameters,
    variant: certificateArn === undefined ? 'http' : 'https',
    listenerPort: parameters.listenerPort || (certificateArn === undefined ? '80' : '443'),
    networkStack: stackOf('network', facts).name,
    blueHealthCheckPath: healthCheckPaths.blue,
    greenHealthCheckPath: healthCheckPaths.green,
    // The weights move by API; the next change of the stack makes the template say what is true.
    activeColor: facts.liveColor ?? 'blue',
    deletionProtection: String(settings.stage === 'production'),
    ...(certificateArn !== undefined && { certificateArn }),
  };
}

function databaseParameters(facts: StackFacts): StackParameters {
  const engine = facts.plan.database.value ?? 'postgres';
  if (facts.settings.target === 'local') return { engine };
  return {
    variant: `${engine}-${facts.settings.stage}`,
    networkStack: stackOf('network', facts).name,
    databaseName: facts.deploymentId.replaceAll('-', '_'),
  };
}

function monitoringParameters(facts: StackFacts): StackParameters {
  if (facts.settings.target === 'local') return {};
  return {
    variant: structureOf(facts.plan),
    ...stackReferences(facts),
    ...(facts.plan.database.value && { stage: facts.settings.stage }),
    xray: String(facts.settings.xray === true),
  };
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
