import type { WorkflowName } from '../domain/execution.ts';

/** Runs the Amazon States Language workflows. */
export interface WorkflowRunner {
  /** Starts the workflow of a stored execution. Starting the same execution twice is one run. */
  start(workflow: WorkflowName, executionId: string, deploymentId: string): Promise<void>;
  /** Asks a running execution to stop: work in progress is ended and what it made is cleaned up. */
  cancel(executionId: string): Promise<void>;
}
