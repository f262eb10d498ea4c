/** Time, so that tests can hold it still. */
export interface Clock {
  /** ISO 8601 in UTC with milliseconds. */
  now(): string;
  /** Resolves after `milliseconds`, or at once when `signal` aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
