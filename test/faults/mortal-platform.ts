import { agentsOn } from '../../apps/api/local-platform.ts';
import { noModel } from '../../src/adapters/anywhere/language-model.ts';
import { localNotifications } from '../../src/adapters/local/notifications.ts';
import { LocalWorkflowRunner } from '../../src/adapters/local/workflow-runner.ts';
import type { AgentName } from '../../src/domain/stage.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Agent } from '../../src/stages/stage-context.ts';
import { timerClock } from '../fixtures/world/clock.ts';
import { type WorldPlatform, worldPlatform } from '../fixtures/world/platform.ts';
import type { World } from '../fixtures/world/world.ts';
import { type Faults, type Invocation, invocations, withFault } from './fault.ts';
import { taskOf, taskParameters } from './tasks.ts';
import { happening } from './virtual-time.ts';

/** A call of a port that is about to be made. */
export interface Witnessed {
  /** `store.putStageRun`. */
  readonly name: string;
  /** The task that makes it; undefined for the runner itself. */
  readonly task: string | undefined;
  /** The process dies with it. */
  readonly kill: () => void;
}

/** Told before each call of a port. @returns why the call fails instead of being made */
export type Witness = (call: Witnessed) => Error | undefined;

export type MortalPlatform = ReturnType<typeof mortalPlatform>;

const PAUSE_MILLISECONDS = 10;
const never = () => new Promise<never>(() => undefined);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * A control plane on a world, with the real agents and the real workflow runner. After `kill` none of its calls comes back, and
 * none that was not made yet is made: what it knew is lost, as by a power cut.
 */
export function mortalPlatform(world: World, faults: Faults, witness: Witness) {
  const life: Life = { alive: true, killed: Promise.withResolvers<void>(), witness };
  const clock = mortalClock(life);
  const plain = worldPlatform(world, clock);
  const ports = mortalPorts(plain, life);
  const agents = agentsOn({
    ...ports,
    answers: { answer: (...given) => runner.answer(...given) },
    notifications: localNotifications,
    model: noModel,
  });
  const runner = new LocalWorkflowRunner({
    store: ports.store,
    clock,
    agents: mapAgents(agents, (name, agent) => faulty(name, agent, faults)),
    pauseMilliseconds: PAUSE_MILLISECONDS,
  });
  const kill = () => end(life, Promise.resolve());
  return { ...plain, target: 'local' as const, runner, kill, killed: life.killed.promise };
}

interface Life {
  alive: boolean;
  readonly killed: PromiseWithResolvers<void>;
  readonly witness: Witness;
}

const mortalClock = (life: Life): Clock => ({
  now: timerClock.now,
  sleep: async (milliseconds, signal) => {
    await timerClock.sleep(milliseconds, signal);
    if (!life.alive) await never();
  },
});

function mapAgents(
  agents: Record<AgentName, Agent>,
  change: (name: AgentName, agent: Agent) => Agent,
): Record<AgentName, Agent> {
  const changed = { ...agents };
  for (const name of Object.keys(agents) as AgentName[]) changed[name] = change(name, agents[name]);
  return changed;
}

/** An agent of which some calls are made twice, and in some of which a call of a port goes wrong. */
const faulty =
  (name: AgentName, agent: Agent, faults: Faults): Agent =>
  async (event, call) => {
    const task = taskOf(name, taskParameters.parse(event));
    const isRecovery = name === 'medic' || task.endsWith('clean-up');
    const invoke = () =>
      invocations.run(faults.invocation(task, isRecovery, call.signal), () => agent(event, call));
    if (faults.isDuplicate(task)) await invoke();
    return await invoke();
  };

/** The ports, each call of which dies with the process and goes wrong where its invocation says so. */
function mortalPorts(platform: WorldPlatform, life: Life): WorldPlatform {
  const { clock, ...others } = platform;
  const wrapped = Object.fromEntries(
    Object.entries(others).map(([name, port]) => [name, mortalPort(name, port, life)]),
  );
  return { ...(wrapped as typeof others), clock };
}

function mortalPort<T extends object>(name: string, port: T, life: Life): T {
  return new Proxy(port, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function' || key === 'log') return method;
      const call = (...values: unknown[]) => Promise.resolve(Reflect.apply(method, target, values));
      return (...values: unknown[]) => mortalCall(`${name}.${String(key)}`, () => call(...values), life);
    },
  });
}

async function mortalCall<T>(name: string, call: () => Promise<T>, life: Life): Promise<T> {
  await turn();
  happening();
  if (!life.alive) return await never();
  let diesAfter = false;
  const kill = () => {
    diesAfter = true;
  };
  const task = invocations.getStore()?.name;
  // A lock is renewed by the clock, and not by the workflow: it is no moment that a seed could name.
  const refusal = name === 'store.acquireLock' ? undefined : life.witness({ name, task, kill });
  const answer = refusal ? Promise.reject(refusal) : hit(invocations.getStore(), call);
  if (diesAfter) end(life, answer);
  const settled = await answer.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  return life.alive ? settled() : await never();
}

/** The call was made, and nobody will hear what came of it. */
function end(life: Life, lastCall: Promise<unknown>): void {
  life.alive = false;
  void lastCall.catch(() => undefined);
  life.killed.resolve();
}

/** Names of the tasks in which a call of a port went wrong. */
export const STRUCK = new Set<string>();

function hit<T>(invocation: Invocation | undefined, call: () => Promise<T>): Promise<T> {
  if (!invocation) return call();
  invocation.calls += 1;
  const { fault } = invocation;
  if (fault?.at !== invocation.calls) return call();
  STRUCK.add(invocation.name);
  return withFault(fault.kind, invocation, call);
}
