import { timeAfter } from '../time.ts';

/** Failures in a row that open a breaker (D3). */
export const BREAKER_FAILURES = 3;
/** How long an open breaker lets nothing through (D3). */
export const BREAKER_OPEN_SECONDS = 60;

/** Whether a model may be asked: shared by every process that asks it. */
export interface Breaker {
  /** As `modelName` writes it. */
  readonly model: string;
  readonly state: 'closed' | 'open' | 'half-open';
  /** In a row. */
  readonly failures: number;
  /** When it opened, or opened again. */
  readonly openedAt: string | null;
  /** Half-open: until then one call alone tries the model, and everybody else waits for what becomes of it. */
  readonly probeUntil: string | null;
  /** Rises by one with every change. */
  readonly version: number;
}

/** Whether a model may be asked now. */
export interface Admission {
  readonly admitted: boolean;
  /** To be written before the call: whoever cannot write it, because another was faster, is not admitted. */
  readonly change?: Breaker;
}

/** @param probeSeconds how long the one call that tries an open model is waited for before another may */
export function admission(
  breaker: Breaker | undefined,
  model: string,
  nowIso: string,
  probeSeconds: number,
): Admission {
  if (breaker === undefined || breaker.state === 'closed') return { admitted: true };
  if (isBefore(nowIso, waitsUntil(breaker))) return { admitted: false };
  return {
    admitted: true,
    change: {
      ...breaker,
      model,
      state: 'half-open',
      probeUntil: timeAfter(nowIso, probeSeconds),
      version: breaker.version + 1,
    },
  };
}

/** The breaker after a call that was answered; undefined: nothing to write. An open one waits for its probe, whoever comes late. */
export function afterSuccess(breaker: Breaker | undefined, model: string): Breaker | undefined {
  if (breaker === undefined || breaker.state === 'open') return undefined;
  if (breaker.state === 'closed' && breaker.failures === 0) return undefined;
  return {
    model,
    state: 'closed',
    failures: 0,
    openedAt: null,
    probeUntil: null,
    version: breaker.version + 1,
  };
}

/** The breaker after a call that failed for the model's own fault; undefined: nothing to write. */
export function afterFailure(
  breaker: Breaker | undefined,
  model: string,
  nowIso: string,
): Breaker | undefined {
  if (breaker?.state === 'open') return undefined;
  const failures = (breaker?.failures ?? 0) + 1;
  const opens = breaker?.state === 'half-open' || failures >= BREAKER_FAILURES;
  return {
    model,
    state: opens ? 'open' : 'closed',
    failures,
    openedAt: opens ? nowIso : null,
    probeUntil: null,
    version: (breaker?.version ?? 0) + 1,
  };
}

const waitsUntil = ({ state, openedAt, probeUntil }: Breaker): string | null =>
  state === 'half-open' ? probeUntil : openedAt && timeAfter(openedAt, BREAKER_OPEN_SECONDS);

const isBefore = (time: string, other: string | null): boolean =>
  other !== null && Date.parse(time) < Date.parse(other);
