import type { ExecutionView, Started } from '../../../src/contracts/api.ts';
import type { DeploymentView } from '../../../src/contracts/deployment.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';

/** Why an execution did not end well: as it says itself, else as the deployment does. */
export function failureOf(
  execution: ExecutionView,
  { deploymentName }: Started,
  deployment?: DeploymentView,
): HiveMindError {
  if (execution.status === 'CANCELLED') return cancelled(deploymentName);
  const failure = execution.failure ?? deployment?.failure;
  if (failure) return new HiveMindError(failure.code, failure.message, failure);
  const state = deployment ? ` and the deployment is ${deployment.status}` : '';
  return new HiveMindError(
    'InternalError',
    `the workflow ended with ${execution.status}${state}, without saying why`,
    {
      hint: `this is a fault in HiveMind: "hivemind history ${deploymentName}" shows what happened; report it with the output of "hivemind doctor"`,
    },
  );
}

const cancelled = (deploymentName: string): HiveMindError =>
  new HiveMindError('Cancelled', 'you cancelled the work, and what it had begun was cleaned up', {
    hint: `run the same command again when you want it: finished stages are not repeated; "hivemind status ${deploymentName}" shows what there is`,
  });
