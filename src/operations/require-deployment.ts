import { type Deployment, deploymentNotFound } from '../domain/deployment.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';

/** @throws {HiveMindError} DeploymentNotFound */
export async function requireDeployment(store: DeploymentStore, idOrName: string): Promise<Deployment> {
  const deployment = await store.findDeployment(idOrName);
  if (deployment) return deployment;
  throw deploymentNotFound(idOrName);
}
