import type { EnvironmentStage, Target } from '../../src/domain/deployment.ts';
import type { CheckResult } from '../../src/domain/verification.ts';
import type { ObservedFacts } from './facts.ts';

/** Where the facts were observed: what is right on one machine may be wrong on another platform. */
export interface Setting {
  readonly target: Target;
  readonly stage: EnvironmentStage;
}

export interface Verdict {
  readonly result: CheckResult;
  readonly evidence: string;
  readonly mend: string | null;
}

export interface Control {
  readonly id: string;
  readonly title: string;
  /** Undefined when the fact was not observed, or when the control is not one of this platform. */
  judge(facts: ObservedFacts, setting: Setting): Verdict | undefined;
}

export const pass = (evidence: string): Verdict => ({ result: 'pass', evidence, mend: null });
export const notApplicable = (evidence: string): Verdict => ({
  result: 'not-applicable',
  evidence,
  mend: null,
});
export const warn = (evidence: string, mend: string): Verdict => ({ result: 'warn', evidence, mend });
export const fail = (evidence: string, mend: string): Verdict => ({ result: 'fail', evidence, mend });

const SHOWN_EXAMPLES = 3;

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export function examples(items: readonly string[]): string {
  const rest = items.length - SHOWN_EXAMPLES;
  return `${items.slice(0, SHOWN_EXAMPLES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
