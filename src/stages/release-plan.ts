import type { Color, Deployment } from '../domain/deployment.ts';
import type { Plan } from '../domain/plan.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { analysedOutput } from './outputs.ts';
import { findOutput } from './stage-context.ts';

/** The plan by which a release was made; undefined where nothing is on record of that. */
export async function planOfRelease(
  store: DeploymentStore,
  deploymentId: string,
  number: number,
): Promise<Plan | undefined> {
  const releases = await store.listReleases(deploymentId);
  const executionId = releases.find((release) => release.number === number)?.executionId;
  if (executionId === undefined) return undefined;
  return (await findOutput(store, executionId, 'analyse', analysedOutput))?.plan;
}

/** The health check path of what serves in a colour, or stays warm there, by the plan of its release. */
export async function healthCheckPathsInUse(
  store: DeploymentStore,
  { id, liveColor, liveRelease, warm }: Deployment,
): Promise<Readonly<Partial<Record<Color, string>>>> {
  const paths: Partial<Record<Color, string>> = {};
  const used = [warm, liveColor && liveRelease !== undefined && { color: liveColor, release: liveRelease }];
  for (const each of used) {
    const plan = each ? await planOfRelease(store, id, each.release) : undefined;
    if (each && plan) paths[each.color] = plan.healthCheckPath.value;
  }
  return paths;
}
