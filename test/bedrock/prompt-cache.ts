import { createHash } from 'node:crypto';
import type { ModelUsage, PromptCacheTtl } from '../../src/domain/models/model-call.ts';
import { type PromptPart, sumOfTokens } from './tokens.ts';

/** Tokens of a prompt as they are billed. */
export type PromptTokens = Omit<ModelUsage, 'outputTokens'>;

/** How many blocks before a cache point are looked at for a prefix that an earlier request has marked. */
const LOOK_BACK_BLOCKS = 20;

/** Where a block of a prompt ends. */
interface Boundary {
  /** Of everything before it. */
  readonly key: string;
  /** From the beginning of the prompt. */
  readonly tokens: number;
  /** Set where a cache point stands. */
  readonly ttl: PromptCacheTtl | undefined;
}

/** Prefixes of prompts that were marked, a model at a time. They stay until `forget`. */
export class PromptCache {
  readonly #prefixes = new Set<string>();

  /** The first request with a marked prefix writes it, later ones read it; a prefix that is too short is neither. */
  bill(modelId: string, parts: readonly PromptPart[], leastTokens: number): PromptTokens {
    const boundaries = boundariesOf(modelId, parts);
    const last = boundaries.findLastIndex(({ ttl }) => ttl !== undefined);
    const inSight = boundaries.slice(Math.max(0, last - LOOK_BACK_BLOCKS), last + 1);
    const earlier = boundaries.filter(({ ttl }) => ttl !== undefined);
    const read = Math.max(
      0,
      ...[...earlier, ...inSight].filter(({ key }) => this.#prefixes.has(key)).map(({ tokens }) => tokens),
    );
    const written: Record<PromptCacheTtl, number> = { '5m': 0, '1h': 0 };
    let covered = read;
    for (const { key, tokens, ttl } of boundaries) {
      if (ttl === undefined || tokens < leastTokens) continue;
      written[ttl] += Math.max(0, tokens - covered);
      covered = Math.max(covered, tokens);
      this.#prefixes.add(key);
    }
    return { inputTokens: sumOfTokens(parts) - covered, cacheReadTokens: read, cacheWriteTokens: written };
  }

  forget(): void {
    this.#prefixes.clear();
  }
}

/** A cache point is no content: with or without it the prefix is the same. */
function boundariesOf(modelId: string, parts: readonly PromptPart[]): Boundary[] {
  const prefix = createHash('sha256').update(modelId);
  let tokens = 0;
  return parts.map(({ text, tokens: more, cacheTtl }) => {
    tokens += more;
    if (cacheTtl === undefined) prefix.update(`${text.length}:${text}`);
    return { key: prefix.copy().digest('hex'), tokens, ttl: cacheTtl };
  });
}
