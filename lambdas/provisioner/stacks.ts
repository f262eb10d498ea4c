import type { Color, EnvironmentStage } from '../../src/domain/deployment.ts';
import type { DeploySettings } from '../../src/domain/execution.ts';
import { isExposed, type Plan } from '../../src/domain/plan.ts';
import type { BlueprintName } from '../../src/domain/stack.ts';

/** How long a target may finish what it has in hand when it is taken out. */
const DEREGISTRATION_DELAY_SECONDS: Record<EnvironmentStage, number> = { production: 30, 'stage-1': 5 };

/** Copies of the main process; every other process runs once. */
const MAIN_PROCESS_COUNT: Record<EnvironmentStage, number> = { production: 2, 'stage-1': 1 };

export interface StackFacts {
  readonly deploymentId: string;
  readonly plan: Plan;
  readonly settings: DeploySettings;
}

/** What the compute stack is told besides what the plan says. */
export interface ReleaseFacts {
  readonly color: Color;
  readonly release: number;
  readonly commit: string;
  readonly artifact: string;
  readonly databaseSecret: string | null;
}

/** Stacks that a plan needs, in the order in which they are made. */
export function blueprintsFor(plan: Plan): readonly BlueprintName[] {
  return [
    'network',
    ...(isExposed(plan) ? (['load-balancer'] as const) : []),
    ...(plan.database.value ? (['database'] as const) : []),
    'compute',
  ];
}

export const stackName = (deploymentId: string, blueprint: BlueprintName, color?: Color): string =>
  color ? `${deploymentId}-${blueprint}-${color}` : `${deploymentId}-${blueprint}`;

export type InfrastructureBlueprint = Exclude<BlueprintName, 'compute'>;

/** Parameters of the stacks that do not depend on a release. */
export function infrastructureParameters(
  blueprint: InfrastructureBlueprint,
  { plan, settings }: StackFacts,
): Record<string, string> {
  if (blueprint === 'load-balancer') {
    return {
      listenerPort: settings.listenerPort === undefined ? '' : String(settings.listenerPort),
      healthCheckPath: plan.healthCheckPath.value,
      deregistrationDelaySeconds: String(DEREGISTRATION_DELAY_SECONDS[settings.stage]),
    };
  }
  if (blueprint === 'database') return { engine: plan.database.value ?? 'postgres' };
  return {};
}

export function computeParameters(facts: StackFacts, release: ReleaseFacts): Record<string, string> {
  const { plan, settings } = facts;
  const processes = plan.processes.value.map((process, index) => ({
    ...process,
    count: index === 0 ? MAIN_PROCESS_COUNT[settings.stage] : 1,
  }));
  return {
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
}
