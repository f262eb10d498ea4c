import type { FixParameters } from './diagnosis/fix-parameters.ts';
import type { Risk } from './diagnosis/taxonomy/action.ts';
import type { ActionId } from './diagnosis/taxonomy/actions.ts';
import type { CauseId } from './diagnosis/taxonomy/causes.ts';
import { type ErrorCode, FAILURE_KINDS, type Fault } from './errors.ts';
import type { StageName } from './stage.ts';
import { redact } from './untrusted-text/redact.ts';

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

/** What the Medic makes of a failure. */
export interface FailureDiagnosis {
  /** `unknown` when nothing is sure enough. */
  readonly cause: CauseId;
  /** 0 to 1. */
  readonly confidence: number;
  /** The lines that prove the cause, with their numbers in what was read. */
  readonly evidence: readonly { readonly line: number; readonly text: string }[];
  readonly action: ActionId;
  readonly risk: Risk;
  readonly parameters: FixParameters;
}

/** Why a deployment stopped, as shown to the operator and kept for the Medic. */
export interface Failure extends FailureDetail {
  readonly stage: StageName | null;
  readonly fault: Fault;
  readonly at: string;
  /** Absent when nothing was to diagnose: a cancelled execution, or one from before there were diagnoses. */
  readonly diagnosis?: FailureDiagnosis | undefined;
}

/** Programs say their passwords when they fail: what is stored and shown has none of them. */
export const failureDetail = ({ code, message, hint, logTail }: FailureDetail): FailureDetail => ({
  code,
  message: redact(message),
  hint: redact(hint),
  // As one text, because a secret may go on in the next line.
  logTail: logTail.length === 0 ? [] : redact(logTail.join('\n')).split('\n'),
});

/** The failure that an error is, yet undiagnosed. @param stage null: outside of the stages @param at ISO 8601 */
export const failureFrom = (detail: FailureDetail, stage: StageName | null, at: string): Failure => ({
  ...failureDetail(detail),
  stage,
  fault: FAILURE_KINDS[detail.code].fault,
  at,
});
