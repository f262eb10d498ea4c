import { COLORS, type Deployment } from '../domain/deployment.ts';
import type { ReleaseExecution } from '../domain/execution.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { StackParameters } from '../stages/compute-parameters.ts';
import {
  type InfrastructureBlueprint,
  infrastructureParameters,
} from '../stages/infrastructure-parameters.ts';
import { analysedOutput } from '../stages/outputs.ts';
import { healthCheckPathsInUse } from '../stages/release-plan.ts';
import { findOutput } from '../stages/stage-context.ts';

/**
 * What the live release asks of the stacks that outlive it, computed as the workflow computes it that makes them. Empty where nothing is
 * on record of how it was made.
 * @param execution the one that made it live
 */
export async function wantedParameters(
  store: DeploymentStore,
  deployment: Deployment,
  execution: ReleaseExecution | undefined,
): Promise<(blueprint: InfrastructureBlueprint) => StackParameters> {
  const { id: deploymentId, stage, liveColor } = deployment;
  const analysed = execution && (await findOutput(store, execution.id, 'analyse', analysedOutput));
  if (!analysed) return () => ({});
  const { plan } = analysed;
  const own = plan.healthCheckPath.value;
  const inUse = await healthCheckPathsInUse(store, deployment);
  const facts = {
    deploymentId,
    plan,
    settings: { ...execution.settings, stage },
    liveColor,
    healthCheckPaths: { blue: own, green: own, ...inUse },
  };
  const untold = [
    // The weights are compared as they are, and no template counts for them before the next change of the stack.
    'activeColor',
    // Nothing is checked in a colour in which nothing runs.
    ...COLORS.filter((color) => inUse[color] === undefined).map((color) => `${color}HealthCheckPath`),
  ];
  return (blueprint) =>
    Object.fromEntries(
      Object.entries(infrastructureParameters(blueprint, facts)).filter(([key]) => !untold.includes(key)),
    );
}
