import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { HiveMindError } from '../../../domain/errors.ts';
import type { WorkflowName } from '../../../domain/execution.ts';
import { awsErrorName, awsFailure } from '../aws-failure.ts';

const MISSING = ['StateMachineDoesNotExist', 'StateMachineDeleting', 'InvalidArn'];

/**
 * Starts the state machine. The name is the execution's id, which Step Functions runs once: it answers a second call with the run
 * that is under way, or with `ExecutionAlreadyExists` when that has ended.
 * @throws {HiveMindError} ControlPlaneMissing, QuotaExceeded
 */
export async function startWorkflow(
  client: SFNClient,
  stateMachineArnPrefix: string,
  workflow: WorkflowName,
  execution: { readonly executionId: string; readonly deploymentId: string },
): Promise<void> {
  const { executionId, deploymentId } = execution;
  try {
    await client.send(
      new StartExecutionCommand({
        stateMachineArn: `${stateMachineArnPrefix}${workflow}`,
        name: executionId,
        input: JSON.stringify({ executionId, deploymentId }),
      }),
    );
  } catch (error) {
    const name = awsErrorName(error) ?? '';
    if (name === 'ExecutionAlreadyExists') return;
    if (MISSING.includes(name)) throw controlPlaneMissing(workflow, error);
    throw awsFailure(error, `start the workflow "${workflow}" as ${executionId}`);
  }
}

const controlPlaneMissing = (workflow: WorkflowName, cause: unknown): HiveMindError =>
  new HiveMindError('ControlPlaneMissing', `the control plane has no state machine "${workflow}"`, {
    hint: 'deploy the control plane to this account and region: `npx cdk deploy` (docs/aws.md)',
    cause,
  });
