import {
  beginRoll,
  nextRollMove,
  type Roll,
  type RollingInstance,
  type RollMove,
} from '../../../src/domain/rolling.ts';

export const FORMER = 1;
export const NEXT = 2;

/** What becomes of one move. */
export const FATES = ['goes well', 'fails', 'answer is lost', 'killed', 'instance dies', 'given up'] as const;
export type Fate = (typeof FATES)[number];

interface WorldInstance {
  readonly id: string;
  readonly exposed: boolean;
  release: number | null;
  process: 'running' | 'failing' | 'stopped';
  target: RollingInstance['target'];
}

/** Instances behind a load balancer, and a store. */
export interface RollingWorld {
  readonly instances: WorldInstance[];
  /** How the new release is: it works, its process ends, or its health check fails. */
  readonly next: 'good' | 'exits' | 'sick';
  /** What survives a kill. */
  saved: { roll: Roll; goesBack: boolean };
  outcome: 'under way' | 'replaced' | 'taken back';
  /** The fewest exposed instances that served at a time, as long as none has died by itself. */
  fewestServing: number;
  someDied: boolean;
}

export function newRollingWorld(exposed: number, workers: number, next: RollingWorld['next']): RollingWorld {
  const instances = Array.from({ length: exposed + workers }, (_, index) => ({
    id: `i-${index}`,
    exposed: index < exposed,
    release: FORMER,
    process: 'running' as const,
    target: index < exposed ? ('healthy' as const) : ('none' as const),
  }));
  const saved = { roll: beginRoll(NEXT), goesBack: false };
  return { instances, next, saved, outcome: 'under way', fewestServing: exposed, someDied: false };
}

export const serving = ({ instances }: RollingWorld): number =>
  instances.filter(({ exposed, process, target }) => exposed && process === 'running' && target === 'healthy')
    .length;

/** One move, and what becomes of it. Whoever makes the next one knows only what was saved and what is seen. */
export function step(world: RollingWorld, fate: Fate): void {
  if (world.outcome !== 'under way') return;
  if (fate === 'given up') goBack(world);
  if (fate === 'instance dies') die(world);
  if (fate !== 'goes well' && fate !== 'answer is lost') return;
  checkHealth(world);
  const move = nextRollMove(world.saved.roll, world.instances);
  if (move.kind === 'done') {
    if (fate === 'goes well') world.outcome = world.saved.goesBack ? 'taken back' : 'replaced';
    return;
  }
  const roll = perform(world, move);
  // Lost with whoever made the move: it was not written down.
  if (fate === 'goes well' && roll) world.saved = { ...world.saved, roll };
  if (!world.someDied) world.fewestServing = Math.min(world.fewestServing, serving(world));
}

function perform(world: RollingWorld, move: Exclude<RollMove, { kind: 'done' }>) {
  const { instances } = world;
  const { roll } = world.saved;
  const instance = 'id' in move ? instances.find(({ id }) => id === move.id) : undefined;
  if (!instance) throw new Error(`a move without an instance: ${move.kind}`);
  switch (move.kind) {
    case 'deregister':
      instance.target = instance.target === 'draining' ? 'absent' : 'draining';
      return undefined;
    case 'register':
      instance.target = 'initial';
      return undefined;
    case 'stop':
      if (instance.target === 'healthy') throw new Error('stopped while it served');
      instance.process = 'stopped';
      return undefined;
    case 'install':
      if (instance.process !== 'stopped') throw new Error('installed before it was stopped');
      instance.release = instance.release === null ? roll.to : null;
      return undefined;
    case 'start':
      instance.process = instance.release === NEXT && world.next === 'exits' ? 'failing' : 'running';
      return { ...roll, started: { id: instance.id, since: 't', wellSince: null } };
    case 'await':
      if (instance.process !== 'failing') return awaited(instance, roll);
      // The executor says why it ended, and the old release is put back; when it is that already, by whoever cleans up.
      world.saved = { roll: beginRoll(FORMER), goesBack: true };
      return undefined;
    case 'watch':
      return { ...roll, started: null };
    case 'look':
      throw new Error('every instance can be asked');
  }
}

const awaited = ({ process, target }: WorldInstance, roll: Roll): Roll | undefined =>
  roll.started && process === 'running' && (target === 'none' || target === 'healthy')
    ? { ...roll, started: { ...roll.started, wellSince: 't' } }
    : undefined;

/** The load balancer's view; a release that does not come up is given up, as by the executor. */
function checkHealth(world: RollingWorld): void {
  for (const instance of world.instances) {
    const isNext = instance.release === NEXT;
    const isRunning = instance.process === 'running';
    if (instance.target === 'initial' || instance.target === 'unhealthy' || instance.target === 'healthy') {
      instance.target = isRunning && !(isNext && world.next === 'sick') ? 'healthy' : 'unhealthy';
    }
    const isStarted = world.saved.roll.started?.id === instance.id;
    const isUp = isRunning && instance.target !== 'unhealthy';
    if (isNext && isStarted && !isUp && world.next !== 'good') goBack(world);
  }
}

function goBack(world: RollingWorld): void {
  if (!world.saved.goesBack) world.saved = { roll: beginRoll(FORMER), goesBack: true };
}

function die(world: RollingWorld): void {
  const victim = world.instances.find(({ process }) => process === 'running');
  if (!victim) return;
  victim.process = 'failing';
  world.someDied = true;
}

/** Nothing interrupts it any more. */
export function finish(world: RollingWorld): RollingWorld {
  for (let moves = 0; world.outcome === 'under way' && moves < 1_000; moves += 1) step(world, 'goes well');
  return world;
}
