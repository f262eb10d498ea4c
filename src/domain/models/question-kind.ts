import type { ModelLevel } from './model-settings.ts';

interface KindFacts {
  /** What is asked about, for the operator who reads the ledger. */
  readonly title: string;
  /** The models that may answer, in the order in which they are tried. */
  readonly chain: readonly ModelLevel[];
  /** Also the answer to a question of the same meaning may stand for it. */
  readonly reusesSimilar: boolean;
  /** How long an answer stands for the same question; 0: never. */
  readonly cacheSeconds: number;
  /** From the question to the answer, retries, fallbacks and tools included; then the rules answer. */
  readonly deadlineSeconds: number;
  /** Of one answer of the model. */
  readonly maximumOutputTokens: number;
  /** Of all data in one prompt; a character is never more than a token. */
  readonly maximumDataCharacters: number;
  /** Calls of the model in one run: tool use, and one more chance for an answer that does not fit. */
  readonly maximumSteps: number;
}

const BEST_FIRST = ['primary', 'second', 'cheap'] as const;
/** Decisions on fixes and security never go to the cheapest model (D6). */
const NEVER_CHEAP = ['primary', 'second'] as const;
/** A simple question begins with the cheapest and goes up when its answer does not fit. */
const CHEAP_FIRST = ['cheap', 'primary', 'second'] as const;

const HOUR = 3_600;

/** What agents ask models about. */
export const QUESTION_KINDS = {
  plan: {
    title: 'what rules left open in a plan',
    chain: BEST_FIRST,
    reusesSimilar: false,
    cacheSeconds: 7 * 24 * HOUR,
    deadlineSeconds: 45,
    maximumOutputTokens: 2_000,
    maximumDataCharacters: 120_000,
    maximumSteps: 6,
  },
  diagnosis: {
    title: 'the cause of an unknown failure',
    chain: NEVER_CHEAP,
    reusesSimilar: false,
    cacheSeconds: 24 * HOUR,
    deadlineSeconds: 45,
    maximumOutputTokens: 1_500,
    maximumDataCharacters: 80_000,
    maximumSteps: 4,
  },
  security: {
    title: 'what a security finding means',
    chain: NEVER_CHEAP,
    reusesSimilar: false,
    cacheSeconds: 24 * HOUR,
    deadlineSeconds: 30,
    maximumOutputTokens: 1_500,
    maximumDataCharacters: 40_000,
    maximumSteps: 2,
  },
  checks: {
    title: 'which routes to verify',
    chain: CHEAP_FIRST,
    // Its answer names routes by their place in the list.
    reusesSimilar: false,
    cacheSeconds: 7 * 24 * HOUR,
    deadlineSeconds: 20,
    maximumOutputTokens: 1_000,
    maximumDataCharacters: 60_000,
    maximumSteps: 2,
  },
  anomaly: {
    title: 'what stands out in logs and metrics',
    chain: CHEAP_FIRST,
    reusesSimilar: true,
    cacheSeconds: HOUR,
    deadlineSeconds: 20,
    maximumOutputTokens: 1_000,
    maximumDataCharacters: 60_000,
    maximumSteps: 2,
  },
  removal: {
    title: 'what went wrong in the life of a deployment',
    chain: CHEAP_FIRST,
    reusesSimilar: true,
    cacheSeconds: 24 * HOUR,
    deadlineSeconds: 10,
    maximumOutputTokens: 1_000,
    maximumDataCharacters: 40_000,
    maximumSteps: 2,
  },
  chat: {
    title: 'a conversation with the operator',
    chain: BEST_FIRST,
    reusesSimilar: false,
    cacheSeconds: 0,
    deadlineSeconds: 120,
    maximumOutputTokens: 4_000,
    maximumDataCharacters: 120_000,
    maximumSteps: 8,
  },
} as const satisfies Record<string, KindFacts>;

export type QuestionKind = keyof typeof QUESTION_KINDS;
export const QUESTION_KIND_NAMES = Object.keys(QUESTION_KINDS) as readonly QuestionKind[];
