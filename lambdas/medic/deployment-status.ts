import type { DeploymentStatus } from '../../src/domain/deployment.ts';
import { concernsDeployment, type Execution } from '../../src/domain/execution.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { Fix } from '../../src/domain/fix.ts';
import { statusAfterFailure } from '../../src/domain/stage.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';
import { setStatus } from '../../src/stages/status.ts';
import type { Proposal } from './propose-fix.ts';

/** The deployment shows why it stopped. */
export async function showFailure(
  { store }: Pick<StagePorts, 'store'>,
  execution: Execution,
  failure: Failure | undefined,
): Promise<void> {
  if (!concernsDeployment(execution) || !(await store.findDeployment(execution.deploymentId))) return;
  await store.updateDeployment(execution.deploymentId, { failure });
}

export async function showStatus(
  ports: Pick<StagePorts, 'store'>,
  execution: Execution,
  status: DeploymentStatus,
  reason: string,
): Promise<void> {
  if (concernsDeployment(execution)) await setStatus(ports, execution, 'medic', status, reason);
}

export const waitsFor = ({ does }: Pick<Fix, 'does'>): string => `a fix waits for your answer: ${does}`;

/** The deployment shows whether anybody still does something about the failure. */
export async function showNextStep(
  ports: Pick<StagePorts, 'store'>,
  execution: Execution,
  failure: Failure,
  proposal: Proposal,
): Promise<void> {
  switch (proposal.next) {
    case 'ask':
      return await showStatus(ports, execution, 'AWAITING_FIX', waitsFor(proposal.fix));
    case 'apply':
      return await showStatus(ports, execution, 'FIXING', proposal.fix.does);
    case 'give-up':
      return await showFailed(ports, execution, failure);
  }
}

export const showFailed = (
  ports: Pick<StagePorts, 'store'>,
  execution: Execution,
  { code, message }: Pick<Failure, 'code' | 'message'>,
): Promise<void> =>
  showStatus(ports, execution, statusAfterFailure(execution.workflow), `${code}: ${message}`);
