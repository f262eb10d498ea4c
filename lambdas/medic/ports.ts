import type { LanguageModel } from '../../src/ports/language-model.ts';
import type { Notifications } from '../../src/ports/notifications.ts';
import type { SourceRepository } from '../../src/ports/source-repository.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import type { WorkflowRunner } from '../../src/ports/workflow-runner.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';

export interface MedicPorts extends StagePorts {
  /** Where the logs of builds and instances can be read, they are; else what the failure says itself has to do. */
  readonly telemetry: Pick<Telemetry, 'log'> & Partial<Pick<Telemetry, 'read'>>;
  /** What a fix may choose from; where sources can be resolved, also when the analysis itself failed. */
  readonly sources: Pick<SourceRepository, 'open'> & Partial<Pick<SourceRepository, 'resolve'>>;
  /** Wakes a workflow up whose question was answered before it waited. */
  readonly answers: Pick<WorkflowRunner, 'answer'>;
  readonly notifications: Notifications;
  /** Asked about what the rules cannot name. */
  readonly model: Pick<LanguageModel, 'ask'>;
}
