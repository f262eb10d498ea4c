import type { AgentName } from '../stage.ts';
import type { AnswerLevel } from './model-settings.ts';
import type { QuestionKind } from './question-kind.ts';

/** How long a provider keeps a cached prompt: longer ones cost more to write. */
export const PROMPT_CACHE_TTLS = ['5m', '1h'] as const;
export type PromptCacheTtl = (typeof PROMPT_CACHE_TTLS)[number];

/** Tokens of one call, as Bedrock counts them: `inputTokens` has neither the cached nor the newly cached ones in it. */
export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: Readonly<Record<PromptCacheTtl, number>>;
}

/**
 * `open`: asked and not yet settled; after its deadline whoever asked has died, and it goes on counting with all that it might have
 * cost. `invalid`: an answer of another shape. `cut`: an answer broke off or its end never arrived; what it used is estimated. `failed`:
 * there was none. `unasked`: no model was asked (`level` is rules, or the answer was cached).
 */
export const CALL_OUTCOMES = [
  'open',
  'answered',
  'invalid',
  'cut',
  'failed',
  'cancelled',
  'unasked',
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export const CACHE_HITS = ['no', 'exact', 'meaning'] as const;
export type CacheHit = (typeof CACHE_HITS)[number];

/** How long a call stays on record; a budget stays as long. */
export const CALLS_KEPT_DAYS = 400;

/** A line of the ledger: one call of one model with its retries, or an answer that needed none. */
export interface ModelCall {
  readonly id: string;
  readonly askedAt: string;
  /** Null while it is open. */
  readonly settledAt: string | null;
  readonly deploymentId: string | null;
  readonly agent: AgentName;
  readonly kind: QuestionKind;
  readonly level: AnswerLevel;
  /** As `modelName` writes it; null: rules. */
  readonly model: string | null;
  readonly outcome: CallOutcome;
  readonly cached: CacheHit;
  /** Requests that were sent, the first one included. */
  readonly attempts: number;
  readonly usage: ModelUsage;
  /** Whether the usage is a guess, because the provider did not say. */
  readonly isEstimated: boolean;
  /** Of an open call: what was reserved for it. */
  readonly costNanoUsd: number;
  readonly latencyMilliseconds: number;
  /** SHA-256 of model, prompt, tools and schema. */
  readonly promptDigest: string;
  /** Why there is no answer: a code, never the provider's text. */
  readonly failure: ModelFailure | null;
  /** Redacted; only where the settings say so. */
  readonly prompt: string | null;
}

/** Why a model gave no answer. */
export const MODEL_FAILURES = [
  'throttled',
  'unavailable',
  'timeout',
  'interrupted',
  'access-denied',
  'needs-inference-profile',
  'model-not-found',
  'not-signed-in',
  'prompt-too-long',
  'truncated',
  'refused',
  'empty',
  'invalid-answer',
  'invalid-request',
  'breaker-open',
  'budget',
  'busy',
  'deadline',
  'cancelled',
  'not-configured',
] as const;
export type ModelFailure = (typeof MODEL_FAILURES)[number];

/** What time does not mend: somebody has to change access, credentials or the settings. */
export const SETUP_FAILURES: readonly ModelFailure[] = [
  'access-denied',
  'needs-inference-profile',
  'model-not-found',
  'not-signed-in',
];

export const NO_USAGE: ModelUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: { '5m': 0, '1h': 0 },
};
