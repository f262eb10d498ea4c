import type { ModelFailure } from '../../../domain/models/model-call.ts';

/** How a call of a model went wrong. A value, because most of these are expected and the next level follows. */
export interface CallFailure {
  readonly reason: ModelFailure;
  /** The same request may pass a little later. */
  readonly isRetryable: boolean;
  /** The model may have worked, so that its provider may charge for what never arrived. */
  readonly mayBeBilled: boolean;
  /** How long the provider wants to be left alone; null: it did not say. */
  readonly retryAfterMilliseconds: number | null;
  /** What it says about the model: `up` answered, if not to our liking; `down` did not. */
  readonly evidence: 'up' | 'down' | 'none';
}

export type CallResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: CallFailure };

type Traits = Pick<CallFailure, 'isRetryable' | 'mayBeBilled' | 'evidence'>;

const AGAIN: Traits = { isRetryable: true, mayBeBilled: false, evidence: 'down' };
const LOST: Traits = { isRetryable: true, mayBeBilled: true, evidence: 'down' };
const REFUSED: Traits = { isRetryable: false, mayBeBilled: false, evidence: 'none' };
const ANSWERED: Traits = { isRetryable: false, mayBeBilled: true, evidence: 'up' };

const TRAITS: Readonly<Record<ModelFailure, Traits>> = {
  throttled: AGAIN,
  unavailable: AGAIN,
  timeout: LOST,
  interrupted: LOST,
  'access-denied': REFUSED,
  'needs-inference-profile': REFUSED,
  'model-not-found': REFUSED,
  'not-signed-in': REFUSED,
  'prompt-too-long': { ...REFUSED, evidence: 'up' },
  'invalid-request': { ...REFUSED, evidence: 'up' },
  truncated: ANSWERED,
  refused: ANSWERED,
  empty: ANSWERED,
  'invalid-answer': ANSWERED,
  'breaker-open': REFUSED,
  budget: REFUSED,
  busy: REFUSED,
  deadline: { ...REFUSED, mayBeBilled: true },
  cancelled: { ...REFUSED, mayBeBilled: true },
  'not-configured': REFUSED,
};

export const failed = (
  reason: ModelFailure,
  more: Partial<Omit<CallFailure, 'reason'>> = {},
): { readonly ok: false; readonly failure: CallFailure } => ({
  ok: false,
  failure: { reason, ...TRAITS[reason], retryAfterMilliseconds: null, ...more },
});
