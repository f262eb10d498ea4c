import * as z from 'zod';
import { Refusal, SERVICE_ERRORS, validationError } from './service-error.ts';
import { countTokens } from './tokens.ts';

const TITAN_DIMENSIONS = [256, 512, 1024] as const;
const COHERE_DIMENSIONS = 1024;
/** Of a pair of neighbouring words; a word has 1. The order of words counts less than the words. */
const PAIR_WEIGHT = 0.25;

const titanSchema = z.strictObject({
  inputText: z.string().min(1).max(50_000),
  dimensions: z.union(TITAN_DIMENSIONS.map((dimensions) => z.literal(dimensions))).default(1024),
  normalize: z.boolean().default(true),
  embeddingTypes: z.array(z.literal('float')).optional(),
});
const cohereSchema = z.strictObject({
  texts: z.array(z.string().max(2_048)).min(1).max(96),
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering']),
  truncate: z.enum(['NONE', 'START', 'END', 'LEFT', 'RIGHT']).optional(),
  embedding_types: z.array(z.literal('float')).optional(),
});

export interface EmbeddingAnswer {
  readonly body: object;
  readonly inputTokens: number;
}

/** Body of `InvokeModel` for Titan Text Embeddings V2 and for Cohere Embed. */
export function embed(baseId: string, body: unknown): EmbeddingAnswer {
  if (baseId.startsWith('amazon.titan-embed')) return embedWithTitan(parse(titanSchema, body));
  if (baseId.startsWith('cohere.embed')) return embedWithCohere(parse(cohereSchema, body));
  throw new Refusal(SERVICE_ERRORS.unknownModel);
}

function embedWithTitan({ inputText, dimensions }: z.infer<typeof titanSchema>): EmbeddingAnswer {
  const embedding = vectorOf(inputText, dimensions);
  const inputTextTokenCount = countTokens(inputText);
  return {
    body: { embedding, embeddingsByType: { float: embedding }, inputTextTokenCount },
    inputTokens: inputTextTokenCount,
  };
}

function embedWithCohere({ texts, embedding_types }: z.infer<typeof cohereSchema>): EmbeddingAnswer {
  const vectors = texts.map((text) => vectorOf(text, COHERE_DIMENSIONS));
  const isByType = embedding_types !== undefined;
  return {
    body: {
      id: 'embedding',
      texts,
      response_type: isByType ? 'embeddings_by_type' : 'embeddings_floats',
      embeddings: isByType ? { float: vectors } : vectors,
    },
    inputTokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
  };
}

/** A unit vector that is the closer to another the more words their texts share. The same text has the same one, always. */
export function vectorOf(text: string, dimensions: number): number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text];
  const vector = new Array<number>(dimensions).fill(0);
  const add = (feature: string, weight: number) => {
    const hash = fnv1a(feature);
    const at = hash % dimensions;
    vector[at] = (vector[at] ?? 0) + (hash >= 0x8000_0000 ? -weight : weight);
  };
  for (const [index, word] of words.entries()) {
    add(word, 1);
    if (index > 0) add(`${words[index - 1]} ${word}`, PAIR_WEIGHT);
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector.fill(1 / Math.sqrt(dimensions)) : vector.map((value) => value / length);
}

function fnv1a(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

function parse<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = `#/${(issue?.path ?? []).join('/')}`;
  throw new Refusal(
    validationError(
      `Malformed input request: ${at}: ${issue?.message ?? ''}, please reformat your input and try again.`,
    ),
  );
}
