import type { ModelSettings } from '../../../domain/models/model-settings.ts';
import { QUESTION_KINDS, type QuestionKind } from '../../../domain/models/question-kind.ts';
import { type CallResult, failed } from './call-failure.ts';
import type { ModelAtLevel } from './run.ts';
import type { RunTime } from './run-time.ts';

/** The models that may answer, in the order in which they are tried. */
export interface Chain {
  readonly levels: readonly ModelAtLevel[];
  /** Never goes back within a run: a model that failed is not asked again, and what one has begun it goes on with. */
  place: number;
  /** A simple question goes up when its answer does not fit. */
  readonly goesUp: boolean;
}

export function chainOf(kind: QuestionKind, { models }: Pick<ModelSettings, 'models'>): Chain {
  const { chain } = QUESTION_KINDS[kind];
  const levels = chain.flatMap((level) => {
    const reference = models[level];
    return reference === null ? [] : [{ level, reference }];
  });
  return { levels, place: 0, goesUp: chain[0] === 'cheap' };
}

/** After an answer that did not fit. */
export function upgrade(chain: Chain): void {
  if (chain.goesUp) chain.place = Math.min(chain.place + 1, chain.levels.length - 1);
}

/** How much of what is left a level may take: half, so that those below it have a chance; the last one all of it. */
const SHARE_OF_A_LEVEL = 0.5;

/** Asks the levels one after the other, until one answers or the time is up. */
export async function throughChain<Value>(
  chain: Chain,
  time: RunTime,
  ask: (at: ModelAtLevel, shareOfTime: number) => Promise<CallResult<Value>>,
): Promise<CallResult<Value>> {
  let last: CallResult<Value> = failed('not-configured');
  for (; chain.place < chain.levels.length; chain.place += 1) {
    const at = chain.levels[chain.place];
    if (at === undefined) break;
    if (time.signal.aborted) return failed(time.reason());
    const isLast = chain.place === chain.levels.length - 1;
    last = await ask(at, isLast ? 1 : SHARE_OF_A_LEVEL);
    if (last.ok || time.signal.aborted) return last;
  }
  return last;
}
