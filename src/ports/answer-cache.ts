import type { Json } from '../domain/json.ts';

/** An answer that may stand for the same question asked again. */
export interface CachedAnswer {
  /** Digest of model, prompt, tools and version of the schema. */
  readonly key: string;
  /** Questions that may be compared by meaning: agent, kind and version of the schema. */
  readonly scope: string;
  readonly value: Json;
  readonly model: string;
  readonly answeredAt: string;
  /** ISO time from which on it is no longer found. */
  readonly expiresAt: string;
  /** Of the question; null where no embedding model is configured. */
  readonly embedding: readonly number[] | null;
}

/** Answers of models, for a while. */
export interface AnswerCache {
  find(key: string): Promise<CachedAnswer | undefined>;
  /** Replaces the one with this key. */
  put(answer: CachedAnswer): Promise<void>;
  /** Those with an embedding, newest first. */
  similar(scope: string, limit: number): Promise<readonly CachedAnswer[]>;
}
