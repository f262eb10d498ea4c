import type { CauseId } from '../domain/diagnosis/taxonomy/causes.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { StageName } from '../domain/stage.ts';

/**
 * A second opinion on a failure that the rules cannot name: a language model, where one is configured. It may choose among the known
 * causes, and nothing else.
 */
export interface Advisor {
  /** Undefined when it does not know either. `log` is hostile text. Never throws: without advice the rules' answer stands. */
  causeOf(failure: {
    readonly code: ErrorCode;
    readonly stage: StageName | null;
    readonly log: string;
  }): Promise<{ readonly cause: CauseId; readonly confidence: number } | undefined>;
}
