import { HiveMindError } from '../domain/errors.ts';
import type { DeploySettings } from '../domain/execution.ts';
import type { InstanceRelease } from '../domain/instance-release.ts';
import type { Plan } from '../domain/plan.ts';
import { nextRollMove, type Roll, type RollingInstance, type RollMove } from '../domain/rolling.ts';
import { secondsBetween } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Instance, InstanceCommands } from '../ports/instance-commands.ts';
import type { TargetHealth, TrafficRouter } from '../ports/traffic-router.ts';
import { awaitStart } from './await-start.ts';
import type { AgentCall } from './stage-context.ts';

export interface RollPorts {
  readonly clock: Clock;
  readonly instances: Pick<
    InstanceCommands,
    'list' | 'start' | 'stop' | 'install' | 'firstExit' | 'listeningPorts' | 'logTail'
  >;
  readonly router: Pick<
    TrafficRouter,
    'register' | 'deregister' | 'replaceFailing' | 'health' | 'healthChange'
  >;
}

/** The instances of one compute stack, and the release that every one of them is to run. */
export interface Rolling {
  readonly ports: RollPorts;
  readonly stack: string;
  /** Undefined where nothing has a port. */
  readonly balancer: string | undefined;
  readonly release: InstanceRelease;
  readonly plan: Plan;
  readonly settings: DeploySettings;
  readonly call: AgentCall;
  /** How long an instance has to do well before the next one is touched. */
  readonly bakeSeconds: number;
  /** What has to happen on an instance before it starts. Returns whether it is done; false: call again. */
  readonly beforeStart: (instanceId: string) => Promise<boolean>;
  /** What speaks against the release since a time, when its instance itself looks well. */
  readonly objection: (since: string) => Promise<string | null>;
}

/** Between two looks at what changes by itself. */
const LOOK_SECONDS = 0.5;

/**
 * Makes the next moves of a rolling replacement until every instance runs the release and serves, or patience has run out.
 * @param save writes down how far it has come, before what follows from it
 * @returns whether all is done; false: call again with what was saved last
 * @throws {HiveMindError} why an instance cannot run the release: StartFailed, HealthCheckFailed, ReleaseRejected, DiskFull and others
 */
export async function rollInstances(
  rolling: Rolling,
  begun: Roll,
  save: (roll: Roll) => Promise<void>,
): Promise<boolean> {
  const { call } = rolling;
  const patienceEnds = performance.now() + call.patienceSeconds * 1000;
  let roll = begun;
  for (;;) {
    call.signal.throwIfAborted();
    const seen = await look(rolling);
    const move = nextRollMove(
      roll,
      seen.map(({ view }) => view),
    );
    if (move.kind === 'done') {
      await replaceFailing(rolling);
      return true;
    }
    const next = await perform(rolling, roll, move, seen);
    if (next !== undefined && next !== roll) await save(next);
    if (next === undefined || performance.now() >= patienceEnds) return false;
    roll = next;
  }
}

/** Also for instances that are left as they are: in their place come others with the release that the stack has. */
export async function replaceFailing({ ports, balancer, release }: Rolling): Promise<void> {
  if (balancer !== undefined) await ports.router.replaceFailing(balancer, release.color);
}

interface Seen {
  readonly instance: Instance;
  readonly view: RollingInstance;
}

/** The instances as they are seen at this moment. */
export const viewInstances = async (rolling: Rolling): Promise<readonly RollingInstance[]> =>
  (await look(rolling)).map(({ view }) => view);

async function look({ ports, stack, balancer, release }: Rolling): Promise<readonly Seen[]> {
  const [instances, health] = await Promise.all([
    ports.instances.list(stack),
    balancer === undefined ? [] : ports.router.health(balancer, release.color),
  ]);
  return instances.map((instance) => ({ instance, view: viewOf(instance, balancer, health) }));
}

const PROCESS = {
  running: 'running',
  stopped: 'stopped',
  failed: 'failing',
  'backing-off': 'failing',
} as const satisfies Record<Instance['state'], RollingInstance['process']>;

function viewOf(
  instance: Instance,
  balancer: string | undefined,
  health: readonly TargetHealth[],
): RollingInstance {
  const { id, exposed, state, unconfirmed, release } = instance;
  const target = exposed && balancer !== undefined ? health.find((known) => known.id === id) : null;
  return {
    id,
    release: release ?? null,
    process: unconfirmed === undefined ? PROCESS[state] : undefined,
    target: target === null ? 'none' : (target?.state ?? 'absent'),
  };
}

/** What is written down after the move; undefined when it goes on longer than the caller can wait. */
async function perform(
  rolling: Rolling,
  roll: Roll,
  move: Exclude<RollMove, { kind: 'done' }>,
  seen: readonly Seen[],
): Promise<Roll | undefined> {
  const { ports, call } = rolling;
  if (move.kind === 'look') return pause(rolling, roll);
  const instance = seen.find(({ view }) => view.id === move.id)?.instance;
  if (instance === undefined) return roll;
  switch (move.kind) {
    case 'deregister':
    case 'register':
      return (await steer(rolling, move.kind, instance)) ? roll : undefined;
    case 'stop':
      await ports.instances.stop([instance.id]);
      return roll;
    case 'install':
      return (await ports.instances.install(instance.id, rolling.release, call)) ? roll : undefined;
    case 'start':
      return begin(rolling, roll, instance);
    case 'await':
      return verify(rolling, roll, instance);
    case 'watch':
      return watch(rolling, roll, instance);
  }
}

async function pause({ ports, call }: Rolling, roll: Roll): Promise<Roll> {
  await ports.clock.sleep(LOOK_SECONDS * 1000, call.signal);
  return roll;
}

async function steer(
  { ports, balancer, release, plan, call }: Rolling,
  how: 'register' | 'deregister',
  { id, host, port }: Instance,
): Promise<boolean> {
  if (balancer === undefined || port === null) return true;
  if (how === 'deregister') return ports.router.deregister(balancer, release.color, [id], call);
  const healthCheckPath = plan.healthCheckPath.value;
  await ports.router.register(balancer, release.color, [{ id, host, port, healthCheckPath }]);
  return true;
}

async function begin(rolling: Rolling, roll: Roll, { id }: Instance): Promise<Roll | undefined> {
  if (!(await rolling.beforeStart(id))) return undefined;
  await rolling.ports.instances.start([id]);
  return { ...roll, started: { id, since: rolling.ports.clock.now(), wellSince: null } };
}

async function verify(rolling: Rolling, roll: Roll, instance: Instance): Promise<Roll | undefined> {
  const { ports, plan, settings, balancer, release, call } = rolling;
  if (roll.started === null) return roll;
  const isUp = await awaitStart({
    ports,
    plan,
    settings,
    instances: [instance],
    balancer: instance.exposed ? balancer : undefined,
    color: release.color,
    startedAt: roll.started.since,
    call,
  });
  return isUp ? { ...roll, started: { ...roll.started, wellSince: ports.clock.now() } } : undefined;
}

/** @throws {HiveMindError} ReleaseRejected */
async function watch(rolling: Rolling, roll: Roll, { id }: Instance): Promise<Roll> {
  const { ports, bakeSeconds, release } = rolling;
  const wellSince = roll.started?.wellSince ?? ports.clock.now();
  const exited = await ports.instances.firstExit([id], { patienceSeconds: 0 });
  const reason = exited ? `its process on ${id} has exited` : await rolling.objection(wellSince);
  if (reason !== null) {
    throw new HiveMindError('ReleaseRejected', `release ${release.number} was taken back: ${reason}`, {
      hint: 'mend the application and update again',
      logTail: await ports.instances.logTail(id, 20),
    });
  }
  const isBaked = secondsBetween(wellSince, ports.clock.now()) >= bakeSeconds;
  return isBaked ? { ...roll, started: null } : pause(rolling, roll);
}
