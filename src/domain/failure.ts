import type { ErrorCode, Fault } from './errors.ts';
import type { StageName } from './stage.ts';

/** What an error says, in a form that can be stored. */
export interface FailureDetail {
  readonly code: ErrorCode;
  /** What happened and why. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  /** The last log lines that show the cause, oldest first. */
  readonly logTail: readonly string[];
}

/** Why a deployment stopped, as shown to the operator and kept for the Medic. */
export interface Failure extends FailureDetail {
  readonly stage: StageName | null;
  readonly fault: Fault;
  readonly at: string;
}

export const failureDetail = ({ code, message, hint, logTail }: FailureDetail): FailureDetail => ({
  code,
  message,
  hint,
  logTail,
});
