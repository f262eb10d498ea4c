import type { Model } from '@strands-agents/sdk';
import type { ModelReference } from '../../../domain/models/model-settings.ts';

/** How a model is going to be used. */
export interface ModelUse {
  readonly maximumOutputTokens: number;
  /** Its answer is needed as it is written. */
  readonly streams: boolean;
  /** It will be asked again with the same beginning, so that the provider should keep it. */
  readonly cachesConversation: boolean;
}

export interface Embedded {
  readonly embedding: readonly number[];
  /** Undefined where the provider does not say. */
  readonly inputTokens: number | undefined;
}

/** Access to the models of the settings. */
export interface Providers {
  /** Undefined: there is no way to this model here, and the operator has been told. */
  model(reference: ModelReference, use: ModelUse): Promise<Model | undefined>;
  /** One request; rejects with the error of the provider's SDK. */
  embed(reference: ModelReference, text: string, signal: AbortSignal): Promise<Embedded>;
  close(): void;
}
