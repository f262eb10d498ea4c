import type { Color, EnvironmentStage } from '../../src/domain/deployment.ts';
import type { DeploySettings } from '../../src/domain/execution.ts';
import { isExposed, type Plan } from '../../src/domain/plan.ts';
import { type BlueprintName, sharedNetworkName, stackName } from '../../src/domain/stack.ts';

/** How long a target may finish what it has in hand when it is taken out. */
const DEREGISTRATION_DELAY_SECONDS: Record<EnvironmentStage, number> = { production: 30, 'stage-1': 5 };

/** Copies of the main process; on one machine every other process runs once. */
const MAIN_PROCESS_COUNT: Record<EnvironmentStage, number> = { production: 2, 'stage-1': 1 };

export interface StackFacts {
  readonly deploymentId: string;
  readonly plan: Plan;
  readonly settings: DeploySettings;
  /** The colour that has the traffic now. */
  readonly liveColor: Color | undefined;
}

/** What the compute stack is told besides what the plan says. */
export interface ReleaseFacts {
  readonly color: Color;
  readonly release: number;
  readonly commit: string;
  readonly artifact: string;
  readonly databaseSecret: string | null;
}

type Parameters = Record<string, string>;

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

/** Where the stack of a blueprint is found: a shared network belongs to no deployment. */
export function stackOf(
  blueprint: BlueprintName,
  { deploymentId, settings }: Pick<StackFacts, 'deploymentId' | 'settings'>,
): { readonly name: string; readonly deploymentId: string } {
  const shared = blueprint === 'network' && settings.target === 'aws' && settings.network !== 'dedicated';
  return shared
    ? { name: sharedNetworkName(settings.stage), deploymentId: 'shared' }
    : { name: stackName(deploymentId, blueprint), deploymentId };
}

export type InfrastructureBlueprint = Exclude<BlueprintName, 'compute'>;

/** Parameters of the stacks that do not depend on a release. On one machine there is nothing to choose about most of them. */
export function infrastructureParameters(blueprint: InfrastructureBlueprint, facts: StackFacts): Parameters {
  switch (blueprint) {
    case 'network':
      return facts.settings.target === 'aws' ? { variant: facts.settings.stage } : {};
    case 'load-balancer':
      return loadBalancerParameters(facts);
    case 'database':
      return databaseParameters(facts);
    case 'monitoring':
      return monitoringParameters(facts);
  }
}

function loadBalancerParameters(facts: StackFacts): Parameters {
  const { plan, settings } = facts;
  const parameters = {
    listenerPort: settings.listenerPort === undefined ? '' : String(settings.listenerPort),
    healthCheckPath: plan.healthCheckPath.value,
    deregistrationDelaySeconds: String(DEREGISTRATION_DELAY_SECONDS[settings.stage]),
  };
  if (settings.target === 'local') return parameters;
  const { certificateArn } = settings;
  return {
    ...parameters,
    variant: certificateArn === undefined ? 'http' : 'https',
    listenerPort: parameters.listenerPort || (certificateArn === undefined ? '80' : '443'),
    networkStack: stackOf('network', facts).name,
    // The weights move by API; the next change of the stack makes the template say what is true.
    activeColor: facts.liveColor ?? 'blue',
    deletionProtection: String(settings.stage === 'production'),
    ...(certificateArn !== undefined && { certificateArn }),
  };
}

function databaseParameters(facts: StackFacts): Parameters {
  const engine = facts.plan.database.value ?? 'postgres';
  if (facts.settings.target === 'local') return { engine };
  return {
    variant: `${engine}-${facts.settings.stage}`,
    networkStack: stackOf('network', facts).name,
    databaseName: facts.deploymentId.replaceAll('-', '_'),
  };
}

function monitoringParameters(facts: StackFacts): Parameters {
  if (facts.settings.target === 'local') return {};
  return {
    variant: structureOf(facts.plan),
    ...stackReferences(facts),
    xray: String(facts.settings.xray === true),
  };
}

/** `web` or `worker`, with or without a database: what a template can only have or not have. */
const structureOf = (plan: Plan): string =>
  `${isExposed(plan) ? 'web' : 'worker'}${plan.database.value ? '-database' : ''}`;

const stackReferences = (facts: StackFacts): Parameters => ({
  ...(isExposed(facts.plan) && { loadBalancerStack: stackOf('load-balancer', facts).name }),
  ...(facts.plan.database.value && { databaseStack: stackOf('database', facts).name }),
});

export function computeParameters(facts: StackFacts, release: ReleaseFacts): Parameters {
  const { plan, settings } = facts;
  const count = MAIN_PROCESS_COUNT[settings.stage];
  const processes = plan.processes.value.map((process, index) => ({
    ...process,
    count: index === 0 ? count : 1,
  }));
  const parameters = {
    color: release.color,
    release: String(release.release),
    commit: release.commit,
    artifact: release.artifact,
    root: plan.root.value,
    runtime: plan.runtime.value,
    processes: JSON.stringify(processes),
    environmentSecret: settings.environmentSecret ?? '',
    databaseSecret: release.databaseSecret ?? '',
  };
  if (settings.target === 'local') return parameters;
  const [kind, database] = structureOf(plan).split('-');
  return {
    ...parameters,
    variant: [kind, settings.stage, database].filter((part) => part !== undefined).join('-'),
    networkStack: stackOf('network', facts).name,
    ...stackReferences(facts),
    // Migrations come before the first start; without any, an instance starts its release by itself.
    startOnBoot: String(plan.migrations.value === null),
    instanceCount: String(count),
    xray: String(settings.xray === true),
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
