import type { FixParameters } from './fix-parameters.ts';
import type { ActionId } from './taxonomy/actions.ts';
import type { CauseId } from './taxonomy/causes.ts';

/** Where in a workflow something failed, in the words of the taxonomy. */
export const PHASES = [
  'recon',
  'compile',
  'provision',
  'deploy',
  'secure',
  'verify',
  'monitor',
  'cleanup',
] as const;
export type Phase = (typeof PHASES)[number];

/**
 * How near to the root of a failure a message is; the nearest wins, whatever else the log says.
 * `decisive`: says that the failure is none of the known causes. `root`: names the cause itself, and other errors follow from it.
 * `specific`: an error of its own. `general`: a class of errors that a more specific message explains better.
 * `observed`: what a probe from outside was answered. `symptom`: that something failed or restarts, and not what.
 */
export const RANKS = {
  decisive: 90,
  root: 70,
  specific: 50,
  general: 30,
  observed: 20,
  symptom: 10,
} as const;
export type Rank = keyof typeof RANKS;

/** One way in which a cause shows itself. */
export interface Signature {
  readonly cause: CauseId;
  /**
   * Each alone proves the cause. They are matched against the cleaned log as a whole: `.` ends at the line, `\s` goes over it.
   * Named groups become parameters of the fix. Repetitions are bounded, so that no input makes them slow.
   */
  readonly patterns: readonly RegExp[];
  /** How often the message means this cause, 0 to 1. */
  readonly confidence: number;
  /** @default specific */
  readonly rank?: Rank;
  /** Where the message has this meaning; elsewhere it is less sure. */
  readonly phases?: readonly Phase[];
  /** Where alone the message has this meaning; it is not looked for elsewhere, or when nothing says where it was. */
  readonly only?: readonly Phase[];
  readonly target?: 'aws' | 'local';
  /** Must be somewhere in the log too. */
  readonly requires?: RegExp;
  /** Must not be anywhere in the log. */
  readonly excludes?: RegExp;
  /** @default the usual fix of the cause */
  readonly fix?: ActionId;
  /** Parameters that the message implies. */
  readonly params?: FixParameters;
  /** Looked for everywhere in the log; their named groups become parameters too. */
  readonly details?: readonly RegExp[];
  /** The case that the signature was written from; without it, it is the fixed wording of the tool that the topic names. */
  readonly from?: string;
}

/** The signatures of one tool or service. */
export interface Topic {
  readonly tool: string;
  readonly signatures: readonly Signature[];
}
