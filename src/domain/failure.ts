import type { ErrorCode, Fault } from './errors.ts';
import type { StageName } from './stage.ts';

/** Why a deployment stopped, as shown to the operator and kept for the Medic. */
export interface Failure {
  readonly stage: StageName | null;
  readonly code: ErrorCode;
  readonly fault: Fault;
  /** What happened and why. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  /** The last log lines that show the cause, oldest first. */
  readonly logTail: readonly string[];
  readonly at: string;
}
