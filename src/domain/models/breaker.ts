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
