import * as z from 'zod';
import { deployRequest, type Started } from '../contracts/api.ts';
import { type NetworkScope, printable } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { type Execution, isPreview } from '../domain/execution.ts';
import { namesFolder } from '../domain/source.ts';
import type { SettingsPorts } from './inherited-settings.ts';
import { recordDeploy } from './record-deploy.ts';
import { holdLock } from './start-execution.ts';

/** What may be typed into the console of the workflow engine. No environment: values would be kept in its history. */
export const consoleOrder = deployRequest.omit({ environment: true, workingTree: true, target: true });

/** Who started a workflow from the console is in the account's audit trail, not in its input. */
const ACTOR = 'console@aws';

/**
 * Puts a deploy on record that was started in the workflow engine itself. The execution keeps the name that the engine gave it, so
 * that accepting it twice is one deployment.
 * @throws {HiveMindError} InvalidInput, InvalidName, UnsafeSource, UnsupportedSource, NameTaken, DeploymentBusy
 */
export async function acceptOrder(
  ports: SettingsPorts,
  executionId: string,
  order: unknown,
  defaultNetwork?: NetworkScope,
): Promise<Started> {
  const known = await ports.store.findExecution(executionId);
  if (known) return await acceptedBefore(ports, known);
  const request = parseOrder(order);
  const execution = await recordDeploy(ports, { executionId, request, actor: ACTOR, defaultNetwork });
  const { deploymentId, deploymentName } = execution;
  return { executionId, deploymentId, deploymentName };
}

/** The same input a moment ago, or another one under the name of an execution that the engine has forgotten since. */
async function acceptedBefore(ports: SettingsPorts, execution: Execution): Promise<Started> {
  const { id: executionId, deploymentId, deploymentName, status } = execution;
  if (status !== 'RUNNING') throw nameUsed(executionId);
  if (!isPreview(execution)) await holdLock(ports, execution, async () => undefined);
  return { executionId, deploymentId, deploymentName };
}

const nameUsed = (executionId: string): HiveMindError =>
  new HiveMindError('InvalidInput', `an execution called "${printable(executionId)}" has run before`, {
    hint: 'start the workflow under another name, or let the console choose one',
  });

function parseOrder(order: unknown) {
  const parsed = consoleOrder.safeParse(order);
  if (!parsed.success) {
    throw new HiveMindError('InvalidInput', `the input is not valid: ${z.prettifyError(parsed.error)}`, {
      hint: 'start the workflow with {"source": "https://github.com/owner/repository", "name": "shop", "stage": "stage-1"}; environment variables are set with `hivemind deploy --target aws --env-file FILE`',
      cause: parsed.error,
    });
  }
  if (namesFolder(parsed.data.source)) throw folderOnAws();
  return deployRequest.parse({ ...parsed.data, target: 'aws' });
}

const folderOnAws = (): HiveMindError =>
  new HiveMindError('UnsupportedSource', 'a folder cannot be reached from the console', {
    hint: 'name a git address, or deploy the folder from where it is: hivemind deploy FOLDER --target aws',
  });
