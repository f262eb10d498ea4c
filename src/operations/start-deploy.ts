import type { Started } from '../contracts/api.ts';
import { type ResolvedSource, type Source, shortId, type Target } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { parseSource } from '../domain/source.ts';
import type { SettingsPorts } from './inherited-settings.ts';
import type { OperationPorts } from './ports.ts';
import { type DeploymentRequest, recordDeploy } from './record-deploy.ts';
import { startRecorded } from './start-execution.ts';

export interface StartDeployPorts extends SettingsPorts, OperationPorts {
  /** Where this platform runs deployments. */
  readonly target: Target;
  /**
   * Resolves a source that the workflow cannot reach from where it runs, and stores it where it can; undefined when it can reach it.
   * Absent where the workflow reaches every source.
   */
  readonly publish?: (source: Source) => Promise<ResolvedSource | undefined>;
}

/**
 * Starts the deploy workflow. A name that is known already is the same deployment again: what did not change is not redone.
 * @throws {HiveMindError} InvalidInput, InvalidName, UnsafeSource, NameTaken, DeploymentBusy
 */
export async function startDeploy(
  ports: StartDeployPorts,
  request: DeploymentRequest,
  actor: string,
): Promise<Started> {
  if (request.target !== ports.target) throw otherTarget(ports.target, request.target);
  const source = parseSource(request.source, { workingTree: request.workingTree });
  const published = await ports.publish?.(source);
  const executionId = `deploy-${shortId()}${shortId()}`;
  const execution = await recordDeploy(ports, { executionId, request, actor, published });
  await startRecorded(ports, execution);
  const { deploymentId, deploymentName } = execution;
  return { executionId, deploymentId, deploymentName };
}

const otherTarget = (here: Target, asked: Target): HiveMindError =>
  new HiveMindError('InvalidInput', `this control plane deploys to "${here}", not to "${asked}"`, {
    hint: `give the command --target ${asked}, which then asks the right one`,
  });
