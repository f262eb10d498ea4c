import type { ModelLevel, ModelReference } from '../../../domain/models/model-settings.ts';
import type { QuestionKind } from '../../../domain/models/question-kind.ts';
import type { AgentName } from '../../../domain/stage.ts';
import type { RunTime } from './run-time.ts';

/** A place of the chain with a model in it. */
export interface ModelAtLevel {
  readonly level: ModelLevel;
  readonly reference: ModelReference;
}

/** A question or a turn of a conversation while it is thought about. */
export interface Run {
  readonly agent: AgentName;
  readonly deploymentId: string | null;
  readonly kind: QuestionKind;
  readonly time: RunTime;
}
