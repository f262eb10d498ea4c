import type { WorkflowName } from '../domain/execution.ts';

/** Runs the Amazon States Language workflows. */
export interface WorkflowRunner {
  /** Starts the workflow of a stored execution. Starting the same execution twice is one run. */
  start(workflow: WorkflowName, executionId: string, deploymentId: string): Promise<void>;
  /** Asks a running execution to stop: work in progress is ended and what it made is cleaned up. */
  cancel(executionId: string): Promise<void>;
  /**
   * Tells a workflow that waits under a task token what the operator answered. A workflow that does not wait any more, or not yet, is
   * not an error: the answer is on record, and that is where it looks.
   */
  answer(executionId: string, taskToken: string, answer: { readonly approved: boolean }): Promise<void>;
}
