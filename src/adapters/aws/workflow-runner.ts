import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DeploymentStore } from '../../ports/deployment-store.ts';
import type { WorkflowRunner } from '../../ports/workflow-runner.ts';
import { answerTask } from './workflow-runner/answer.ts';
import { startWorkflow } from './workflow-runner/start.ts';

export interface AwsWorkflowRunnerOptions {
  readonly client: SFNClient;
  /** ARN of the state machine of a workflow, without the workflow's name at its end. */
  readonly stateMachineArnPrefix: string;
  readonly store: Pick<DeploymentStore, 'updateExecution'>;
}

/**
 * The workflows on Step Functions. A cancelled execution is not stopped from outside, which would leave behind what it made: its
 * agents see the wish at their next call and fail with `Cancelled`, and the workflow cleans up.
 */
export const awsWorkflowRunner = ({
  client,
  stateMachineArnPrefix,
  store,
}: AwsWorkflowRunnerOptions): WorkflowRunner => ({
  start: (workflow, executionId, deploymentId) =>
    startWorkflow(client, stateMachineArnPrefix, workflow, { executionId, deploymentId }),
  cancel: (executionId) => store.updateExecution(executionId, { cancelRequested: true }),
  answer: (executionId, taskToken, answer) => answerTask(client, { executionId, taskToken }, answer),
});
