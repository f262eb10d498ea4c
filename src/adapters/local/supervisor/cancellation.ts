import { HiveMindError } from '../../../domain/errors.ts';

/** Why work was aborted, as an error that may leave the adapter. */
export const cancelled = (
  signal: AbortSignal,
  what: string,
  logTail: readonly string[] = [],
): HiveMindError =>
  signal.reason instanceof HiveMindError
    ? signal.reason
    : new HiveMindError('Cancelled', `${what} was cancelled`, {
        hint: 'run the deploy again to repeat it',
        logTail,
        cause: signal.reason,
      });

export const serverStops = (): HiveMindError =>
  new HiveMindError('Cancelled', 'the HiveMind server is shutting down', {
    hint: 'start it again with `hivemind serve`; unfinished work is then resumed',
  });
