import { SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { WorkflowRunner } from '../../../ports/workflow-runner.ts';
import { askedUnless } from '../aws-failure.ts';

/** Nobody waits under this token: the task has ended, or it is of another engine. */
const NOBODY_WAITS = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/** Ends the task that waits under a token; its result is the answer. */
export async function answerTask(
  client: SFNClient,
  { executionId, taskToken }: { readonly executionId: string; readonly taskToken: string },
  answer: Parameters<WorkflowRunner['answer']>[2],
): Promise<void> {
  const output = JSON.stringify({ approved: answer.approved });
  const sent = client.send(new SendTaskSuccessCommand({ taskToken, output }));
  await askedUnless(sent, NOBODY_WAITS, `tell the workflow of ${executionId} the answer`);
}
