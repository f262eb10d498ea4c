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
