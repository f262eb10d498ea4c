import type { FixParameters } from './diagnosis/fix-parameters.ts';
import type { Risk } from './diagnosis/taxonomy/action.ts';
import type { ActionId } from './diagnosis/taxonomy/actions.ts';
import type { CauseId } from './diagnosis/taxonomy/causes.ts';
import { digestOf } from './digest.ts';
import { HiveMindError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { PlanSettings } from './plan-settings.ts';
import type { StageName } from './stage.ts';
import { secondsBetween } from './time.ts';

/** How often one execution is mended before a human is called. */
export const MAX_FIXES = 3;

/** How long an operator may take to answer, unless another time was asked for: a day. */
export const ANSWER_SECONDS = 86_400;

/**
 * What HiveMind may do about a failure: `ask` applies what is safe and sure and asks about the rest, `safe` never asks, `none`
 * only says what went wrong.
 */
export const FIX_POLICIES = ['ask', 'safe', 'none'] as const;
export type FixPolicy = (typeof FIX_POLICIES)[number];

/**
 * `PROPOSED` waits for an answer, or to be applied at once when nobody has to be asked. `APPLIED` has changed the settings, and the
 * workflow runs again. `CANCELLED`: the work ended before it was applied, or before it could help. `VALIDATED`: the stage that had failed has passed. `FAILED`: it has not.
 */
export const FIX_STATUSES = [
  'PROPOSED',
  'APPROVED',
  'REJECTED',
  'UNANSWERED',
  'CANCELLED',
  'APPLIED',
  'VALIDATED',
  'FAILED',
] as const;
export type FixStatus = (typeof FIX_STATUSES)[number];

/** What a fix puts in the place of settings of an execution; what is absent stays. */
export interface SettingsChange {
  readonly plan?: PlanSettings | undefined;
  /** Environment variables that are no secrets. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly startTimeoutSeconds?: number | undefined;
}

/** One line of what a fix changes, for people; null where there was, or will be, nothing. */
export interface ShownChange {
  readonly setting: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** What is done about a failure: all that the operator agrees to. */
export interface FixAction {
  readonly action: ActionId;
  readonly risk: Risk;
  readonly parameters: FixParameters;
  /** What is done in this case, in the words of an operator. */
  readonly does: string;
  readonly change: SettingsChange;
  readonly shown: readonly ShownChange[];
  /** Environment variables whose values only the operator knows. */
  readonly asks: readonly string[];
  /** How long the workflow waits before it runs again. */
  readonly pauseSeconds: number;
}

export interface FixAnswer {
  readonly by: string;
  readonly at: string;
  readonly approved: boolean;
}

/** The operator's whole environment with the values that were asked for. */
export interface GivenValues {
  readonly environmentSecret: string;
  readonly environmentNames: readonly string[];
}

/** One attempt at mending an execution, from the proposal to what became of it. */
export interface Fix extends FixAction {
  /** The execution's id, a dot and the first eight digits of the digest. */
  readonly id: string;
  readonly executionId: string;
  readonly deploymentId: string;
  readonly deploymentName: string;
  /** Which attempt of the execution this is; from 1. */
  readonly round: number;
  /** The stage that failed; it has to pass for the fix to count. */
  readonly stage: StageName | null;
  readonly cause: CauseId;
  /** 0 to 1. */
  readonly confidence: number;
  /** What happened and why, in plain words. */
  readonly explanation: string;
  /** Lines that prove it. */
  readonly evidence: readonly string[];
  /** Of the action in this round of this execution: what was shown is what runs. */
  readonly digest: string;
  readonly isAsked: boolean;
  readonly status: FixStatus;
  readonly proposedAt: string;
  /** Until when an answer counts; null when nobody is asked. */
  readonly expiresAt: string | null;
  readonly answer: FixAnswer | null;
  /** Settings as they were, for when the fix turns out not to help. */
  readonly before: SettingsChange;
  /** What the operator gave for `asks`: names and the reference of the secret that holds the values; null before. */
  readonly values: GivenValues | null;
  /** Under which the workflow waits for the answer; never shown. */
  readonly taskToken: string | null;
}

/** What a fix does, without the words for it: two that have the same are the same fix. */
export const contentOf = ({ action, change, asks, pauseSeconds }: FixAction): JsonObject => ({
  action,
  plan: { ...change.plan },
  variables: { ...change.variables },
  startTimeoutSeconds: change.startTimeoutSeconds ?? null,
  asks: [...asks],
  pauseSeconds,
});

/** 64 hex digits over everything the operator agrees to. */
export const fixDigest = (executionId: string, round: number, fix: FixAction): string =>
  digestOf({ executionId, round, parameters: { ...fix.parameters }, ...contentOf(fix) });

export const fixId = (executionId: string, digest: string): string => `${executionId}.${digest.slice(0, 8)}`;

/** The execution that a fix's id names; undefined when it is no such id. */
export const executionOfFix = (id: string): string | undefined => /^(.{1,100})\.[0-9a-f]{8}$/.exec(id)?.[1];

/** Whether an operator's answer is waited for. */
export const isOpenQuestion = ({ status, isAsked }: Pick<Fix, 'status' | 'isAsked'>): boolean =>
  isAsked && status === 'PROPOSED';

/** How long a question waits yet; at least 1: a state machine knows no shorter time. */
export const answerSecondsLeft = (expiresAt: string, now: string): number =>
  Math.max(1, Math.ceil(secondsBetween(now, expiresAt)));

export const fixNotFound = (id: string): HiveMindError =>
  new HiveMindError('FixNotFound', `there is no proposed fix "${id}"`, {
    hint: 'hivemind status NAME shows the question that waits, and its id',
  });
