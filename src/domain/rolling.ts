import type { EnvironmentStage } from './deployment.ts';

/** Copies of the main process; on one machine every other process runs once. */
export const MAIN_PROCESS_COUNT: Readonly<Record<EnvironmentStage, number>> = { production: 2, 'stage-1': 1 };

/** An instance as it is seen when the next move is decided. */
export interface RollingInstance {
  readonly id: string;
  /** Number of the release whose files it has; null when it is being replaced. */
  readonly release: number | null;
  /** `failing`: told to run, and its process has ended. Undefined: it cannot be asked at this moment. */
  readonly process: 'running' | 'failing' | 'stopped' | undefined;
  /** What the load balancer says of it; `none` for one without a port. */
  readonly target: 'none' | 'absent' | 'initial' | 'healthy' | 'unhealthy' | 'draining';
}

/** How far a rolling replacement has come, besides what the instances tell. Written down before each start. */
export interface Roll {
  /** Number of the release that every instance is to run. */
  readonly to: number;
  /** The instance that was started, and is verified. */
  readonly started: {
    readonly id: string;
    /** ISO time. */
    readonly since: string;
    /** ISO time since which it has been seen to do well; null while it has not. */
    readonly wellSince: string | null;
  } | null;
}

export type RollMove =
  | { readonly kind: 'deregister' | 'stop' | 'install' | 'start' | 'register'; readonly id: string }
  /** Its start has to be shown to go well. */
  | { readonly kind: 'await' | 'watch'; readonly id: string }
  /** An instance does not say how it is: look again. */
  | { readonly kind: 'look' }
  | { readonly kind: 'done' };

export const beginRoll = (to: number): Roll => ({ to, started: null });

export const isServing = ({ process, target }: RollingInstance): boolean =>
  process === 'running' && (target === 'none' || target === 'healthy');

/**
 * The next move. It depends on what is seen and on the start that was written down, never on what was done last: a move that was lost, made
 * twice or interrupted is made good by the next one. An instance that serves is touched only when every other one serves.
 */
export function nextRollMove({ to, started }: Roll, instances: readonly RollingInstance[]): RollMove {
  const newest = instances.find(({ id, release }) => id === started?.id && release === to);
  if (started && newest && isServing(newest)) {
    return { kind: started.wellSince === null ? 'await' : 'watch', id: newest.id };
  }
  if (instances.some(({ process }) => process === undefined)) return { kind: 'look' };
  const next =
    instances.find((instance) => !isServing(instance)) ?? instances.find(({ release }) => release !== to);
  return next ? moveFor(next, to, started) : { kind: 'done' };
}

function moveFor(
  { id, release, process, target }: RollingInstance,
  to: number,
  started: Roll['started'],
): RollMove {
  if (release !== to) {
    if (target !== 'none' && target !== 'absent') return { kind: 'deregister', id };
    return { kind: process === 'stopped' ? 'install' : 'stop', id };
  }
  if (started?.id !== id || process === 'stopped') return { kind: 'start', id };
  // It was started and has ended: whoever awaits it says why, and to start it again would hide that.
  if (process === 'failing') return { kind: 'await', id };
  if (target === 'absent' || target === 'draining') return { kind: 'register', id };
  return { kind: 'await', id };
}
