import { admission, afterFailure, afterSuccess, type Breaker } from '../../../domain/models/breaker.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ModelBreakers } from '../../../ports/model-breakers.ts';
import type { CallFailure } from './call-failure.ts';

/**
 * How old a breaker may be that a call relies on. It costs a request of the store, also for a model in good health; what a process may
 * do wrong within a second is a few calls that fail, and every change is written against the record as it is.
 */
const READ_AGAIN_MILLISECONDS = 1_000;
/** Others that change the same breaker at the same moment; nothing they can want differs from one try to the next. */
const CHANGE_TRIES = 5;

export interface BreakerGate {
  /** @param probeSeconds how long a call that tries an open model is waited for */
  admits(model: string, probeSeconds: number): Promise<boolean>;
  /** What a call that was let through tells about the model. */
  report(model: string, evidence: CallFailure['evidence']): Promise<void>;
}

interface Seen {
  readonly breaker: Breaker | undefined;
  readonly readAt: number;
}

/** The breakers of models as one process sees them. */
export function breakerGate(options: {
  readonly breakers: ModelBreakers;
  readonly clock: Clock;
  /** The store of breakers does not answer: models are asked, because a breaker only saves time. */
  readonly onTrouble: (error: unknown) => void;
}): BreakerGate {
  const { clock, onTrouble } = options;
  const view = breakerView(options);
  return {
    async admits(model, probeSeconds) {
      try {
        return await view.alone(model, () => admits(view, clock, model, probeSeconds));
      } catch (error) {
        onTrouble(error);
        return true;
      }
    },
    async report(model, evidence) {
      if (evidence === 'none') return;
      await view.alone(model, () => record(view, clock, model, evidence)).catch(onTrouble);
    },
  };
}

type BreakerView = ReturnType<typeof breakerView>;

async function admits(
  view: BreakerView,
  clock: Clock,
  model: string,
  probeSeconds: number,
): Promise<boolean> {
  let breaker = await view.find(model);
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const { admitted, change } = admission(breaker, model, clock.now(), probeSeconds);
    if (!admitted || change === undefined) return admitted;
    if (await view.change(breaker, change)) return true;
    breaker = await view.read(model);
  }
  return false;
}

async function record(
  view: BreakerView,
  clock: Clock,
  model: string,
  evidence: 'up' | 'down',
): Promise<void> {
  let breaker = await view.find(model);
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const change =
      evidence === 'up' ? afterSuccess(breaker, model) : afterFailure(breaker, model, clock.now());
    if (change === undefined || (await view.change(breaker, change))) return;
    breaker = await view.read(model);
  }
}

const LONGEST_TURN_MILLISECONDS = 2_000;

/** When a turn has come to its end, well or not, or has lasted too long. */
async function ended(turn: Promise<unknown> | undefined, clock: Clock): Promise<void> {
  if (turn === undefined) return;
  const over = new AbortController();
  const ignored = turn.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ignored, clock.sleep(LONGEST_TURN_MILLISECONDS, over.signal)]);
  over.abort();
}

/** Breakers as they were read last. */
function breakerView({ breakers, clock }: { readonly breakers: ModelBreakers; readonly clock: Clock }) {
  const seen = new Map<string, Seen>();
  const turns = new Map<string, Promise<unknown>>();
  const milliseconds = () => Date.parse(clock.now());

  const keep = (model: string, breaker: Breaker | undefined): Breaker | undefined => {
    seen.set(model, { breaker, readAt: milliseconds() });
    return breaker;
  };
  const read = async (model: string) => keep(model, await breakers.find(model));
  const fresh = (model: string): Seen | undefined => {
    const last = seen.get(model);
    return last !== undefined && milliseconds() - last.readAt < READ_AGAIN_MILLISECONDS ? last : undefined;
  };

  return {
    read,
    async find(model: string): Promise<Breaker | undefined> {
      const last = fresh(model);
      return last === undefined ? read(model) : last.breaker;
    },
    async change(from: Breaker | undefined, to: Breaker): Promise<boolean> {
      const isChanged = await breakers.change(from, to);
      if (isChanged) keep(to.model, to);
      return isChanged;
    },
    /**
     * One after the other: calls of the same process do not race themselves for the record. A turn that does not come to its end, because
     * the store does not answer, is not waited for: two at a time are what the record's version is for.
     */
    alone<Value>(model: string, work: () => Promise<Value>): Promise<Value> {
      const turn = ended(turns.get(model), clock).then(work);
      turns.set(model, turn);
      return turn;
    },
  };
}
