import type { EventView } from '../../../src/contracts/api.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { STAGES, type StageName } from '../../../src/domain/stage.ts';
import { secondsBetween } from '../../../src/domain/time.ts';
import { agentTitle } from '../../../src/domain/wording.ts';

/** How far a stage is. */
export interface StageProgress {
  readonly stage: StageName;
  readonly agent: string;
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed' | 'skipped';
  readonly startedAt: string;
  /** Null while it runs. */
  readonly seconds: number | null;
  readonly reused: boolean;
  /** What came out; empty while it runs. */
  readonly result: string;
}

const STATES: Partial<Record<EventView['type'], StageProgress['state']>> = {
  'stage.started': 'running',
  'stage.finished': 'done',
  'stage.failed': 'failed',
  'stage.skipped': 'skipped',
};

/** The stages of one execution, as its events tell. */
export class StageBoard {
  /** In the order in which they started. */
  readonly stages = new Map<StageName, StageProgress>();

  /** Takes an event in; returns the stage it was about. With a fix the workflow begins again, and so do the stages. */
  apply(event: EventView): StageProgress | undefined {
    if (event.type === 'fix.applied') this.stages.clear();
    const stage = stageOf(event);
    const state = STATES[event.type];
    if (!stage || !state) return undefined;
    const startedAt = this.stages.get(stage)?.startedAt ?? event.time;
    const progress: StageProgress = {
      stage,
      agent: agentTitle(STAGES[stage].agent),
      title: STAGES[stage].title,
      state,
      startedAt: state === 'running' ? event.time : startedAt,
      seconds: state === 'running' ? null : secondsOf(event, startedAt),
      reused: event.data['reused'] === true,
      result: state === 'running' ? '' : singleLine(event.message),
    };
    this.stages.set(stage, progress);
    return progress;
  }

  get running(): readonly StageProgress[] {
    return [...this.stages.values()].filter(({ state }) => state === 'running');
  }
}

/** The stage that an event is about. */
export function stageOf(event: EventView): StageName | undefined {
  const name = event.data['stage'];
  return typeof name === 'string' && isStageName(name) ? name : undefined;
}

const isStageName = (name: string): name is StageName => Object.hasOwn(STAGES, name);

const secondsOf = (event: EventView, startedAt: string): number =>
  typeof event.data['seconds'] === 'number' ? event.data['seconds'] : secondsBetween(startedAt, event.time);
