import type { Color, EnvironmentStage } from '../domain/deployment.ts';
import type { DeploySettings } from '../domain/execution.ts';
import { isExposed, type Plan } from '../domain/plan.ts';
import { MAIN_PROCESS_COUNT } from '../domain/rolling.ts';
import { type BlueprintName, sharedNetworkName, stackName } from '../domain/stack.ts';

/** What the parameters of all stacks of a deployment are computed from. */
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

export type StackParameters = Record<string, string>;

/** Where the stack of a blueprint is found: a shared network belongs to no deployment. */
export function stackOf(
  blueprint: BlueprintName,
  { deploymentId, settings }: Pick<StackFacts, 'deploymentId' | 'settings'>,
): { readonly name: string; readonly deploymentId: string } {
  const shared = blueprint === 'network' && settings.target === 'aws' && settings.network !== 'dedicated';
  return shared
    ? { name: sharedNetworkName(networkStageOf(settings)), deploymentId: 'shared' }
    : { name: stackName(deploymentId, blueprint), deploymentId };
}

/** A deployment that was upgraded stays in the network that it stands in: what stands there cannot move. */
export const networkStageOf = ({ stage, networkStage = stage }: DeploySettings): EnvironmentStage =>
  networkStage;

/** `web` or `worker`, with or without a database: what a template can only have or not have. */
export const structureOf = (plan: Plan): string =>
  `${isExposed(plan) ? 'web' : 'worker'}${plan.database.value ? '-database' : ''}`;

export const stackReferences = (facts: StackFacts): StackParameters => ({
  ...(isExposed(facts.plan) && { loadBalancerStack: stackOf('load-balancer', facts).name }),
  ...(facts.plan.database.value && { databaseStack: stackOf('database', facts).name }),
});

/** Parameters of the compute stack: all that its instances need to know to run a release. */
export function computeParameters(facts: StackFacts, release: ReleaseFacts): StackParameters {
  const { plan, settings } = facts;
  const count = mainProcessCount(facts);
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
    ...(settings.variables && { variables: JSON.stringify(settings.variables) }),
  };
  if (settings.target === 'local') return parameters;
  const [kind, database] = structureOf(plan).split('-');
  return {
    ...parameters,
    variant: [kind, settings.stage, database].filter((part) => part !== undefined).join('-'),
    networkStack: stackOf('network', facts).name,
    publicAddress: String(networkStageOf(settings) === 'stage-1'),
    ...stackReferences(facts),
    // Migrations come before the first start; without any, an instance starts its release by itself.
    startOnBoot: String(plan.migrations.value === null),
    instanceCount: String(count),
    xray: String(settings.xray === true),
  };
}

/** On one machine only one instance can have the port that an application insists on. */
function mainProcessCount({ plan, settings }: StackFacts): number {
  const insists = plan.processes.value[0]?.port !== undefined;
  return insists && settings.target === 'local' ? 1 : MAIN_PROCESS_COUNT[settings.stage];
}
