import { type Deployment, deploymentNotFound } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';

/** @throws {HiveMindError} DeploymentNotFound */
export async function requireDeployment(
  store: Pick<DeploymentStore, 'findDeployment'>,
  idOrName: string,
): Promise<Deployment> {
  const deployment = await store.findDeployment(idOrName);
  if (deployment) return deployment;
  throw deploymentNotFound(idOrName);
}

/** One that has a live release. @throws {HiveMindError} DeploymentNotFound, NotLive */
export async function requireLive(store: DeploymentStore, idOrName: string): Promise<Deployment> {
  const deployment = await requireDeployment(store, idOrName);
  if (deployment.liveColor !== undefined) return deployment;
  throw notLive(deployment);
}

export function notLive({ name, status }: Deployment): HiveMindError {
  const hint =
    status === 'DESTROYED'
      ? 'deploy it anew: hivemind deploy SOURCE'
      : `deploy it first: hivemind deploy SOURCE --name ${name}`;
  return new HiveMindError('NotLive', `"${name}" has no live release (${status})`, { hint });
}
