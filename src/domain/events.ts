import type { JsonObject } from './json.ts';

export const EVENT_TYPES = [
  'deployment.created',
  'deployment.status-changed',
  'deployment.removed',
  'execution.started',
  'execution.resumed',
  'execution.cancel-requested',
  'execution.finished',
  'state.entered',
  'state.exited',
  'state.retried',
  'state.caught',
  'stage.started',
  'stage.finished',
  'stage.failed',
  'stage.skipped',
  'decision',
  'fix.proposed',
  'fix.answered',
  'fix.applied',
  'fix.concluded',
  'warning',
  'resource.created',
  'resource.removed',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** One entry of the append-only history: who did what, when, and why. */
export interface NewEvent {
  readonly deploymentId: string;
  readonly executionId: string | null;
  /** `user@host`, an agent's name, or `hivemind` for the control plane itself. */
  readonly actor: string;
  readonly type: EventType;
  /** One line for people: what and why. */
  readonly message: string;
  readonly data: JsonObject;
}

export interface HistoryEvent extends NewEvent {
  /** Grows by one with every event of the control plane, without gaps. */
  readonly sequence: number;
  readonly time: string;
}
