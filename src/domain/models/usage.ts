import { type ModelUsage, PROMPT_CACHE_TTLS, type PromptCacheTtl } from './model-call.ts';
import type { ModelProvider } from './model-settings.ts';

/** What providers add to a prompt unseen: the words around tools, the marks of roles. Claude's are the most, some 500 tokens. */
const UNSEEN_TOKENS = 1_024;
/** A token of prose has about four characters, one of code or a log about three. */
const CHARACTERS_PER_TOKEN = 3;
/** Of a character, and so the most tokens that one can be. */
const MOST_BYTES_PER_CHARACTER = 3;
/** More than any model writes in one answer. */
const MOST_OUTPUT_TOKENS = 1_000_000;
/** Their count of input has the tokens in it that came from the cache; that of the others has not. */
const COUNTS_CACHED_AS_INPUT: readonly ModelProvider[] = ['openai', 'google'];

/** What a provider says it counted, as Bedrock and Strands name it; nothing of it can be relied on. */
export interface ReportedUsage {
  readonly inputTokens?: unknown;
  readonly outputTokens?: unknown;
  readonly cacheReadInputTokens?: unknown;
  readonly cacheWriteInputTokens?: unknown;
  /** Of Bedrock: how many of the written tokens are kept for how long. */
  readonly cacheDetails?: unknown;
}

/** What we know of the call ourselves. */
export interface CallFacts {
  readonly promptCharacters: number;
  readonly outputCharacters: number;
  /** For which the prompt was to be cached. */
  readonly ttl: PromptCacheTtl;
  /** @default bedrock */
  readonly provider?: ModelProvider;
  /** That the model was allowed. */
  readonly maximumOutputTokens?: number;
}

/** No tokenizer makes more tokens of a text than it has bytes. */
export const promptTokensAtMost = (text: string): number => Buffer.byteLength(text, 'utf8') + UNSEEN_TOKENS;

/** The usage to be charged: what the provider says where it can be true, else what the texts suggest. */
export function reportedUsage(
  reported: ReportedUsage | undefined,
  facts: CallFacts,
): { readonly usage: ModelUsage; readonly isEstimated: boolean } {
  const prompt = promptUsage(reported ?? {}, facts);
  const outputTokens = outputUsage(reported?.outputTokens, facts);
  return {
    usage: {
      ...(prompt ?? estimatedPrompt(facts)),
      outputTokens: outputTokens ?? estimatedTokens(facts.outputCharacters),
    },
    isEstimated: prompt === undefined || outputTokens === undefined,
  };
}

type PromptUsage = Omit<ModelUsage, 'outputTokens'>;

function promptUsage(reported: ReportedUsage, facts: CallFacts): PromptUsage | undefined {
  const input = count(reported.inputTokens);
  const cacheReadTokens = count(reported.cacheReadInputTokens ?? 0);
  const written = count(reported.cacheWriteInputTokens ?? 0);
  if (input === undefined || cacheReadTokens === undefined || written === undefined) return undefined;
  const inputTokens = withoutCached(input, cacheReadTokens, facts.provider ?? 'bedrock');
  const cacheWriteTokens = writtenByTtl(written, reported.cacheDetails, facts.ttl);
  const total = inputTokens + cacheReadTokens + cacheWriteTokens['5m'] + cacheWriteTokens['1h'];
  if (total > facts.promptCharacters * MOST_BYTES_PER_CHARACTER + UNSEEN_TOKENS) return undefined;
  if (total === 0 && facts.promptCharacters > 0) return undefined;
  return { inputTokens, cacheReadTokens, cacheWriteTokens };
}

const withoutCached = (input: number, cached: number, provider: ModelProvider): number =>
  COUNTS_CACHED_AS_INPUT.includes(provider) ? Math.max(0, input - cached) : input;

function outputUsage(reported: unknown, facts: CallFacts): number | undefined {
  const tokens = count(reported);
  if (tokens === undefined || tokens > (facts.maximumOutputTokens ?? MOST_OUTPUT_TOKENS)) return undefined;
  return tokens === 0 && facts.outputCharacters > 0 ? undefined : tokens;
}

/** Kept for as long as the provider says; what it says nothing about, for as long as was asked. */
function writtenByTtl(
  written: number,
  details: unknown,
  asked: PromptCacheTtl,
): ModelUsage['cacheWriteTokens'] {
  const tokens: Record<PromptCacheTtl, number> = { '5m': 0, '1h': 0 };
  for (const detail of Array.isArray(details) ? (details as readonly unknown[]) : []) {
    const ttl = PROMPT_CACHE_TTLS.find((known) => member(detail, 'ttl') === known);
    if (ttl !== undefined) tokens[ttl] += count(member(detail, 'inputTokens')) ?? 0;
  }
  const untold = Math.max(0, written - tokens['5m'] - tokens['1h']);
  return { ...tokens, [asked]: tokens[asked] + untold };
}

const member = (value: unknown, name: 'ttl' | 'inputTokens'): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Whether a cache was used cannot be known; as ordinary input it costs neither the most nor the least. */
const estimatedPrompt = ({ promptCharacters }: CallFacts): PromptUsage => ({
  inputTokens: estimatedTokens(promptCharacters),
  cacheReadTokens: 0,
  cacheWriteTokens: { '5m': 0, '1h': 0 },
});

const estimatedTokens = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN);
