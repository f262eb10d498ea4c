import type { RollbackPreview } from '../contracts/releases.ts';
import { frozen } from '../domain/freeze.ts';
import type { RecordPorts } from './ports.ts';
import { requireDeployment } from './require-deployment.ts';
import { deploymentBusy } from './start-execution.ts';
import { plannedRollback, type RollbackRequest } from './start-restore.ts';

/**
 * What a rollback would go from and to. It is refused as the rollback itself is, so that nobody is shown, or asked about, one that
 * cannot be.
 * @throws {HiveMindError} what `startRollback` throws
 */
export async function previewRollback(
  ports: RecordPorts,
  idOrName: string,
  request: Pick<RollbackRequest, 'toRelease' | 'despiteMigrations'>,
): Promise<RollbackPreview> {
  const deployment = await requireDeployment(ports.store, idOrName);
  const { settings } = await plannedRollback(ports, deployment, { ...request, keepWarmSeconds: 0 });
  const freeze = await ports.store.findFreeze();
  if (freeze) throw frozen(freeze);
  const { id: deploymentId, name: deploymentName, liveRelease, warm } = deployment;
  if (await ports.store.findLock(deploymentId)) {
    throw await deploymentBusy(ports, { deploymentId, deploymentName });
  }
  const { toRelease } = settings;
  return {
    from: liveRelease ?? null,
    to: toRelease,
    warm: toRelease !== null && toRelease === warm?.release,
  };
}
