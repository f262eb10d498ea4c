import type { Clock } from '../ports/clock.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { WorkflowRunner } from '../ports/workflow-runner.ts';

/** Ports that putting work on record needs. */
export interface RecordPorts {
  readonly store: DeploymentStore;
  readonly clock: Clock;
}

/** Ports that every operation needs. */
export interface OperationPorts extends RecordPorts {
  readonly runner: Pick<WorkflowRunner, 'start'>;
}

/** Ports of what is said to a running workflow. The function that only starts workflows has no right to it. */
export interface RunningPorts extends OperationPorts {
  readonly runner: WorkflowRunner;
}
