import type { EventView } from '../../../src/contracts/api.ts';
import { secondsBetween } from '../../../src/domain/time.ts';
import { secondsText } from '../../../src/domain/wording.ts';
import type { Colors } from '../output.ts';
import { StageBoard, type StageProgress } from '../progress/stage-board.ts';

/** A stage of the newest execution on the time line of that execution. */
export interface Trace {
  readonly stage: string;
  readonly agent: string;
  readonly state: StageProgress['state'];
  readonly reused: boolean;
  readonly startSeconds: number;
  /** Null while it runs. */
  readonly seconds: number | null;
}

/** The stages of the newest execution, from the history of its deployment. */
export function tracesOf(events: readonly EventView[]): readonly Trace[] {
  const start = events.findLast(
    (event) => event.type === 'execution.started' || event.type === 'stage.started',
  );
  const executionId = start?.executionId;
  const own = events.filter((event) => event.executionId !== null && event.executionId === executionId);
  const board = new StageBoard();
  for (const event of own) board.apply(event);
  const origin = own[0]?.time ?? '';
  return [...board.stages.values()].map((stage) => ({
    stage: stage.stage,
    agent: stage.agent,
    state: stage.state,
    reused: stage.reused,
    startSeconds: Math.max(0, secondsBetween(origin, stage.startedAt)),
    seconds: stage.seconds,
  }));
}

const BAR_COLUMNS = 40;

/** One bar a stage, to scale: what ran at the same time, and what took long. */
export function waterfallText(
  traces: readonly Trace[],
  { cyan, green, red, dim }: Colors,
): readonly string[] {
  const end = Math.max(0.1, ...traces.map(({ startSeconds, seconds }) => startSeconds + (seconds ?? 0)));
  return traces.map(({ stage, agent, state, reused, startSeconds, seconds }) => {
    const from = Math.min(BAR_COLUMNS - 1, Math.floor((startSeconds / end) * BAR_COLUMNS));
    const length = Math.max(
      1,
      Math.min(BAR_COLUMNS - from, Math.round(((seconds ?? 0) / end) * BAR_COLUMNS)),
    );
    const paint = state === 'failed' ? red : state === 'running' ? cyan : green;
    const bar = `${' '.repeat(from)}${paint('█'.repeat(length))}${' '.repeat(BAR_COLUMNS - from - length)}`;
    const time = seconds === null ? 'running' : secondsText(seconds);
    return `${agent.padEnd(11)} ${stage.padEnd(20)} ${bar} ${time}${reused ? dim(' reused') : ''}`;
  });
}
