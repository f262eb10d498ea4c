import type { Color, EnvironmentStage } from '../domain/deployment.ts';
import type { BlueprintName } from '../domain/stack.ts';
import {
  networkStageOf,
  type StackFacts,
  type StackParameters,
  stackOf,
  stackReferences,
  structureOf,
} from './compute-parameters.ts';

/** What the stacks that outlive a release are computed from. */
export interface InfrastructureFacts extends StackFacts {
  /** Path at which the load balancer checks each colour; the same for both where only one release is known. */
  readonly healthCheckPaths: Readonly<Record<Color, string>>;
}

/** How long a target may finish what it has in hand when it is taken out. */
const DEREGISTRATION_DELAY_SECONDS: Record<EnvironmentStage, number> = { production: 30, 'stage-1': 5 };

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
