import type { HistoryEvent } from '../../src/domain/events.ts';
import type { ComparePorts } from '../../src/operations/compare-releases.ts';
import type { ModelPorts } from '../../src/operations/describe-models.ts';
import type { OrphanPorts } from '../../src/operations/find-orphans.ts';
import type { RemovalPorts } from '../../src/operations/preview-removal.ts';
import type { ReconcilePorts } from '../../src/operations/reconcile.ts';
import type { StartDeployPorts } from '../../src/operations/start-deploy.ts';
import type { DatabaseSnapshots } from '../../src/ports/database-snapshots.ts';
import type { ResourceInventory } from '../../src/ports/resource-inventory.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import type { WorkflowRunner } from '../../src/ports/workflow-runner.ts';
import type { ReportPorts } from '../../src/stages/report-facts.ts';

/** The history of executions, as it is written. */
export interface ExecutionEvents {
  /**
   * The events of an execution after a sequence number, then new ones, without gap or repetition, until the execution has
   * finished or `signal` aborts.
   */
  of(executionId: string, after: number, signal: AbortSignal): AsyncIterable<HistoryEvent>;
}

/** What the routes of the API need of a platform. */
export interface ControlPlanePlatform
  extends StartDeployPorts,
    ReportPorts,
    ComparePorts,
    RemovalPorts,
    OrphanPorts,
    ModelPorts,
    ReconcilePorts {
  readonly secrets: StartDeployPorts['secrets'];
  readonly runner: WorkflowRunner;
  readonly stacks: Pick<StackEngine, 'list' | 'describe'>;
  readonly inventory: ResourceInventory;
  readonly telemetry: Pick<Telemetry, 'read' | 'follow' | 'metrics'>;
  readonly snapshots: Pick<DatabaseSnapshots, 'list'>;
  readonly events: ExecutionEvents;
}
