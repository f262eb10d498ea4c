import type { ContentBlock, ConverseTokensRequest, Tool } from '@aws-sdk/client-bedrock-runtime';
import type { PromptCacheTtl } from '../../src/domain/models/model-call.ts';
import type { ModelFacts } from './model-catalog.ts';

/** What every message costs besides its text. */
const MESSAGE_TOKENS = 4;

const PIECES = /\p{L}{1,6}|\p{N}{1,3}|[^\s\p{L}\p{N}]/gu;

/** Our own tokenizer: pieces of words, of numbers, and every other visible character. Never more than bytes of UTF-8. */
export function countTokens(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(PIECES)) count += 1;
  return count;
}

/** The longest beginning of a text that has no more tokens. */
export function firstTokens(text: string, tokens: number): string {
  let count = 0;
  for (const piece of text.matchAll(PIECES)) {
    count += 1;
    if (count > tokens) return text.slice(0, piece.index);
  }
  return text;
}

/** A stretch of a prompt: tools first, then system, then messages, as prompt caching sees it. */
export interface PromptPart {
  readonly text: string;
  readonly tokens: number;
  /** Set where a cache point ends the stretch. */
  readonly cacheTtl?: PromptCacheTtl;
}

type Prompt = Pick<ConverseTokensRequest, 'messages' | 'system' | 'toolConfig'>;

export function promptParts(
  { messages = [], system = [], toolConfig }: Prompt,
  facts: ModelFacts,
): PromptPart[] {
  const tools = toolConfig?.tools ?? [];
  const offer = tools.length > 0 ? [{ text: '', tokens: facts.toolPromptTokens }] : [];
  return [
    ...offer,
    ...tools.map(partOf),
    ...system.map(partOf),
    ...messages.flatMap(({ role, content = [] }) => [
      { text: role ?? '', tokens: MESSAGE_TOKENS },
      ...content.map(partOf),
    ]),
  ];
}

function partOf(block: Tool | ContentBlock): PromptPart {
  if (block.cachePoint !== undefined) {
    return { text: '', tokens: 0, cacheTtl: block.cachePoint.ttl === '1h' ? '1h' : '5m' };
  }
  const text = 'text' in block && block.text !== undefined ? block.text : JSON.stringify(block);
  return { text, tokens: countTokens(text) };
}

export const sumOfTokens = (parts: readonly PromptPart[]): number =>
  parts.reduce((sum, { tokens }) => sum + tokens, 0);
