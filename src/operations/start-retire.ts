import type { Started } from '../contracts/api.ts';
import { type Deployment, shortId } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { Execution, RetireSettings } from '../domain/execution.ts';
import { isRetirable } from '../domain/forgotten.ts';
import type { OperationPorts } from './ports.ts';
import { requireDeployment } from './require-deployment.ts';
import { holdLock, recordExecution, startRecorded } from './start-execution.ts';

/**
 * Starts the retire workflow, which drains and removes a colour without traffic.
 * @throws {HiveMindError} DeploymentNotFound, DeploymentBusy, Frozen, AlreadyLive: the colour is live or warm by now
 */
export async function startRetire(
  ports: OperationPorts,
  { id: deploymentId, name: deploymentName }: Pick<Deployment, 'id' | 'name'>,
  settings: RetireSettings,
  actor: string,
): Promise<Started> {
  const execution: Execution = {
    id: `retire-${shortId()}${shortId()}`,
    deploymentId,
    deploymentName,
    workflow: 'retire',
    status: 'RUNNING',
    settings,
    startedAt: ports.clock.now(),
    endedAt: null,
    actor,
    cancelRequested: false,
  };
  await holdLock(ports, execution, async () => {
    // Only under the lock is what was decided still true.
    const deployment = await requireDeployment(ports.store, deploymentId);
    if (!isRetirable(deployment, settings.color, ports.clock.now())) throw inUse(deployment, settings);
    await recordExecution(ports, execution, `removal of ${settings.color}: ${settings.reason}`);
  });
  await startRecorded(ports, execution);
  return { executionId: execution.id, deploymentId, deploymentName };
}

const inUse = ({ name }: Deployment, { color }: RetireSettings): HiveMindError =>
  new HiveMindError('AlreadyLive', `${color} of "${name}" is in use again, so it is not removed`, {
    hint: `its state: hivemind status ${name}`,
  });
