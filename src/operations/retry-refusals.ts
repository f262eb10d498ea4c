import type { Deployment } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { Execution } from '../domain/execution.ts';

/** How often the same may be tried in a row before a person has to change something. */
export const MAX_RETRIES = 3;

export const nothingToRetry = ({ name }: Deployment, why: string): HiveMindError =>
  new HiveMindError('NothingToRetry', `there is nothing to retry for "${name}": ${why}`, {
    hint: `its state: hivemind status ${name}`,
  });

export const runsStill = ({ workflow, id, deploymentName, actor, startedAt }: Execution): HiveMindError =>
  new HiveMindError(
    'DeploymentBusy',
    `"${deploymentName}" is being changed by ${workflow} ${id}, started by ${actor} at ${startedAt}`,
    { hint: `wait for it: hivemind status ${deploymentName}` },
  );

export const alreadyLive = ({ name, liveRelease }: Deployment, { workflow }: Execution): HiveMindError =>
  new HiveMindError(
    'AlreadyLive',
    `release ${liveRelease} of "${name}" is live already, although the ${workflow} failed after that`,
    {
      hint: `its state: hivemind status ${name}; what is not as recorded is mended by: hivemind reconcile ${name}`,
    },
  );

export const noSuchChange = ({ workflow, deploymentName }: Execution): HiveMindError =>
  workflow === 'destroy'
    ? new HiveMindError('InvalidInput', 'a destroy has no plan and no environment that could be changed', {
        hint: `leave --set and --env out: hivemind retry ${deploymentName}`,
      })
    : new HiveMindError('InvalidInput', `the ${workflow} runs what is kept of a release, so its plan stays`, {
        hint: `leave --set out; a release with another plan: hivemind update ${deploymentName} --set key=value`,
      });

export function exhausted({ deploymentName: name, failure, workflow }: Execution): HiveMindError {
  const code = failure ? ` (${failure.code})` : '';
  return new HiveMindError(
    'RetriesExhausted',
    `the ${workflow} of "${name}" was retried ${MAX_RETRIES} times without a change, and failed each time${code}`,
    {
      hint: `somebody has to look at it: hivemind status ${name} shows why, hivemind history ${name} what was tried; then change something (hivemind retry ${name} --set key=value, or --env-file FILE), deploy mended code, or remove it: hivemind destroy ${name}`,
    },
  );
}
