import {
  type ConverseRequest,
  ConverseRequest$,
  type CountTokensRequest,
  CountTokensRequest$,
} from '@aws-sdk/client-bedrock-runtime';
import { jsonOrUndefined } from '../../src/domain/json.ts';
import type { Exchange } from './loopback-listener.ts';
import { findModel, type NamedModel } from './model-catalog.ts';
import { checkConversation, checkLength } from './request-rules.ts';
import { checkShape } from './request-shape.ts';
import { needsInferenceProfile, Refusal, SERVICE_ERRORS, validationError } from './service-error.ts';
import { type PromptPart, promptParts, sumOfTokens } from './tokens.ts';

const OPERATIONS = ['converse', 'converse-stream', 'invoke', 'count-tokens'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Addressed {
  /** As it was asked for. */
  readonly modelId: string;
  readonly operation: Operation;
  readonly body: unknown;
}

export interface Conversation {
  readonly body: ConverseRequest;
  readonly parts: readonly PromptPart[];
}

const PATH = /^\/model\/([^/]+)\/([a-z-]+)$/;
const SIGNATURE =
  /^AWS4-HMAC-SHA256 Credential=[^/ ]+\/\d{8}\/[a-z0-9-]+\/bedrock\/aws4_request, ?SignedHeaders=[^ ]*(?::authority|host)[^ ]*, ?Signature=[0-9a-f]{64}$/;
const BEARER = /^Bearer \S+$/;
/** What the model may write when a request does not say. */
const USUAL_OUTPUT_TOKENS = 4_096;

/** What a request is for; null where its path names no operation. */
export function addressOf({ method, path, body }: Exchange): Addressed | null {
  const [, encodedId = '', name] = PATH.exec(path) ?? [];
  const operation = OPERATIONS.find((known) => known === name);
  if (method !== 'POST' || operation === undefined) return null;
  return { modelId: decodeURIComponent(encodedId), operation, body: jsonOrUndefined(body) };
}

export function checkSignature({ headers }: Exchange): void {
  const { authorization = '' } = headers;
  const isSigned = SIGNATURE.test(authorization) && headers['x-amz-date'] !== undefined;
  if (!isSigned && !BEARER.test(authorization)) throw new Refusal(SERVICE_ERRORS.unsigned);
}

export function modelOf(modelId: string): NamedModel {
  const model = findModel(modelId);
  if (model === undefined) throw new Refusal(SERVICE_ERRORS.unknownModel);
  const { facts, baseId, throughProfile } = model;
  if (facts.profiles === 'needed' && !throughProfile) throw new Refusal(needsInferenceProfile(baseId));
  return model;
}

export function judgeConversation(body: unknown, { facts }: NamedModel): Conversation {
  if (body === undefined) throw new Refusal(validationError('The request body is not valid JSON.'));
  checkShape(ConverseRequest$, body, ['modelId']);
  // Its shape has just been checked against the schema that this type is made from.
  const request = body as ConverseRequest;
  if (facts.family === 'embedding')
    throw new Refusal(validationError("This model doesn't support the Converse API."));
  checkConversation(request, facts);
  const parts = promptParts(request, facts);
  const maximum =
    request.inferenceConfig?.maxTokens ?? Math.min(USUAL_OUTPUT_TOKENS, facts.maximumOutputTokens);
  checkLength(sumOfTokens(parts), maximum, facts);
  return { body: request, parts };
}

export function judgeCount(body: unknown, { facts }: NamedModel): number {
  checkShape(CountTokensRequest$, body, ['modelId']);
  const { input } = body as CountTokensRequest;
  if (input?.converse === undefined)
    throw new Refusal(validationError('Only Converse requests are counted.'));
  if (facts.family !== 'claude')
    throw new Refusal(validationError("The provided model doesn't support counting tokens."));
  return sumOfTokens(promptParts(input.converse, facts));
}
