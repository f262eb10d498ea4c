import type { Started } from '../contracts/api.ts';
import { shortId } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { OperationPorts } from './ports.ts';
import { requireDeployment } from './require-deployment.ts';
import { holdLock, recordExecution, startRecorded } from './start-execution.ts';

/**
 * Starts the destroy workflow. `confirm` has to be the deployment's name, letter by letter.
 * @throws {HiveMindError} DeploymentNotFound, ConfirmationMismatch, DeploymentBusy
 */
export async function startDestroy(
  ports: OperationPorts,
  idOrName: string,
  request: { readonly confirm: string; readonly snapshot: boolean },
  actor: string,
): Promise<Started> {
  const deployment = await requireDeployment(ports.store, idOrName);
  const { id: deploymentId, name: deploymentName } = deployment;
  if (deployment.status === 'DESTROYED') throw alreadyDestroyed(deploymentName);
  if (request.confirm !== deploymentName) throw notConfirmed(deploymentName);
  const execution = {
    id: `destroy-${shortId()}${shortId()}`,
    deploymentId,
    deploymentName,
    workflow: 'destroy',
    status: 'RUNNING',
    settings: { snapshot: request.snapshot },
    startedAt: ports.clock.now(),
    endedAt: null,
    actor,
    cancelRequested: false,
  } as const;
  const message = `destroy of ${deploymentName}, ${request.snapshot ? 'with' : 'without'} a snapshot of its database`;
  await holdLock(ports, execution, () => recordExecution(ports, execution, message));
  await startRecorded(ports, execution);
  return { executionId: execution.id, deploymentId, deploymentName };
}

const notConfirmed = (name: string): HiveMindError =>
  new HiveMindError('ConfirmationMismatch', `removing "${name}" needs its name as confirmation`, {
    hint: `hivemind destroy ${name} --confirm ${name}`,
  });

const alreadyDestroyed = (name: string): HiveMindError =>
  new HiveMindError('DeploymentNotFound', `"${name}" was destroyed before`, {
    hint: `its history and report are kept: hivemind history ${name}`,
  });
