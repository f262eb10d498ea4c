import { type Deployment, printable } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';

/** @throws {HiveMindError} DeploymentNotFound */
export async function requireDeployment(store: DeploymentStore, idOrName: string): Promise<Deployment> {
  const deployment = await store.findDeployment(idOrName);
  if (deployment) return deployment;
  throw new HiveMindError(
    'DeploymentNotFound',
    `there is no deployment "${printable(idOrName.slice(0, 100))}"`,
    {
      hint: 'list the deployments with `hivemind list`',
    },
  );
}
