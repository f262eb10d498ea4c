import { asHiveMindError, type HiveMindError } from '../../src/domain/errors.ts';
import type { Tended } from '../../src/operations/tend.ts';

export interface TendingOptions {
  readonly tend: () => Promise<Pick<Tended, 'failures'>>;
  /** Seconds between the end of one round and the beginning of the next. */
  readonly everySeconds: number;
  readonly logError: (error: HiveMindError) => void;
}

export interface Tending {
  readonly start: () => void;
  /** Resolves when no round is under way any more. */
  readonly stop: () => Promise<void>;
}

/** Sees to forgotten things every so often, one round after the other, from the start to the stop. */
export function tending({ tend, everySeconds, logError }: TendingOptions): Tending {
  let round: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const start = () => {
    if (isStopped) return;
    timer = setTimeout(() => {
      round = tendOnce(tend, logError).then(start);
    }, everySeconds * 1000).unref();
  };
  const stop = async () => {
    isStopped = true;
    clearTimeout(timer);
    await round;
  };
  return { start, stop };
}

async function tendOnce(tend: TendingOptions['tend'], logError: TendingOptions['logError']): Promise<void> {
  try {
    for (const { error } of (await tend()).failures) logError(error);
  } catch (error) {
    logError(asHiveMindError(error));
  }
}
