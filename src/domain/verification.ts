import type { ModelExplanation } from './model-explanation.ts';

export const CHECK_RESULTS = ['pass', 'fail', 'warn', 'not-applicable'] as const;
export type CheckResult = (typeof CHECK_RESULTS)[number];

/** One thing QA looked at, with what it saw. */
export interface VerificationCheck {
  readonly id: string;
  readonly title: string;
  readonly result: CheckResult;
  readonly evidence: string;
  readonly milliseconds: number | null;
}

/** One security control the Sheriff looked at, with what it saw. */
export interface ControlFinding {
  /** Stable id such as `HM-BUILD-1`. */
  readonly control: string;
  readonly title: string;
  readonly result: CheckResult;
  readonly evidence: string;
  readonly mend: string | null;
  /** What a model says it means for this application. Result, evidence and mend never come from there. */
  readonly explanation?: ModelExplanation | null | undefined;
}
