import type { Color } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { DeploySettings } from '../domain/execution.ts';
import { givenVariables } from '../domain/given-variables.ts';
import type { Plan } from '../domain/plan.ts';
import { explainExit } from '../domain/start-failure.ts';
import { judgeStart } from '../domain/start-verdict.ts';
import type { Clock } from '../ports/clock.ts';
import type { Instance, InstanceCommands } from '../ports/instance-commands.ts';
import type { TargetHealth, TrafficRouter } from '../ports/traffic-router.ts';
import type { AgentCall } from './stage-context.ts';

export interface StartPorts {
  readonly clock: Clock;
  readonly instances: Pick<InstanceCommands, 'list' | 'firstExit' | 'listeningPorts' | 'logTail'>;
  readonly router: Pick<TrafficRouter, 'health' | 'healthChange' | 'replaceFailing'>;
}

export interface Start {
  readonly ports: StartPorts;
  readonly plan: Plan;
  readonly settings: DeploySettings;
  readonly instances: readonly Instance[];
  readonly balancer: string | undefined;
  readonly color: Color;
  /** ISO time from which the start is waited for. */
  readonly startedAt: string;
  readonly call: AgentCall;
}

/** How often a start that shows no change is judged again. */
const LOOK_SECONDS = 0.5;
/** A process without a port has started when it is still there after this long. */
const SETTLE_SECONDS = 1;
const LOG_TAIL_LINES = 20;

/**
 * Waits until every exposed instance is healthy and every other one has settled.
 * @returns false when that is not so yet and patience has run out: call again
 * @throws {HiveMindError} StartFailed, MissingEnvironmentVariable, PortNeverOpened, ListensOnAnotherPort, HealthCheckFailed
 */
export async function awaitStart(start: Start): Promise<boolean> {
  const { ports, instances, balancer, call } = start;
  const over = new AbortController();
  const signal = AbortSignal.any([call.signal, over.signal]);
  const settled = settling(start, signal);
  const exit = ports.instances
    .firstExit(
      instances.map(({ id }) => id),
      { patienceSeconds: patienceFor(start), signal },
    )
    .then(async (instance) => instance && (await failWithExit(start, instance)));
  const health = balancer ? awaitHealth(start, balancer, signal) : exit.then(() => true);
  const all = Promise.all([health, settled]).then(([healthy, isSettled]) => healthy && isSettled);
  try {
    return await Promise.race([all, exit.then(() => all)]);
  } finally {
    over.abort();
  }
}

const elapsedMilliseconds = ({ ports, startedAt }: Start): number =>
  Date.parse(ports.clock.now()) - Date.parse(startedAt);

/** What remains of the settling time, for processes that no health check looks at. */
const unsettledSeconds = (start: Start): number =>
  start.instances.some(({ exposed }) => !exposed)
    ? Math.max(0, SETTLE_SECONDS - elapsedMilliseconds(start) / 1000)
    : 0;

/** Without a load balancer there is nothing to see but an exit within the settling time. */
const patienceFor = (start: Start): number =>
  Math.min(
    start.balancer ? start.settings.startTimeoutSeconds : unsettledSeconds(start),
    start.call.patienceSeconds,
  );

async function settling(start: Start, signal: AbortSignal): Promise<boolean> {
  const remaining = unsettledSeconds(start);
  if (remaining > 0) {
    await start.ports.clock.sleep(Math.min(remaining, start.call.patienceSeconds) * 1000, signal);
  }
  if (remaining > start.call.patienceSeconds) return false;
  return await isStarted(start);
}

/** A process without a port has nothing that is looked at from outside: its instance has to say that it runs. */
async function isStarted(start: Start): Promise<boolean> {
  const [first] = start.instances;
  if (!first || start.instances.every(({ exposed }) => exposed)) return true;
  const instances = await start.ports.instances.list(first.stack);
  const silent = instances.filter(({ exposed, unconfirmed }) => !exposed && unconfirmed !== undefined);
  if (!silent[0]) return true;
  const { startTimeoutSeconds } = start.settings;
  if (elapsedMilliseconds(start) < startTimeoutSeconds * 1000) return false;
  throw new HiveMindError(
    'StartFailed',
    `${silent[0].id} has not confirmed within ${startTimeoutSeconds} s that it runs: ${silent[0].unconfirmed}`,
    { hint: 'look at the instance in the console of Systems Manager, then run the command again' },
  );
}

async function failWithExit({ ports, plan, settings }: Start, instance: Instance): Promise<never> {
  throw explainExit({
    process: instance.process,
    exitCode: instance.lastExit?.code ?? null,
    signal: instance.lastExit?.signal ?? null,
    logTail: await ports.instances.logTail(instance.id, LOG_TAIL_LINES),
    variables: plan.environment.value,
    providedNames: givenVariables(settings),
  });
}

async function awaitHealth(start: Start, balancer: string, signal: AbortSignal): Promise<boolean> {
  const { ports, color, call } = start;
  const patienceEnds = performance.now() + call.patienceSeconds * 1000;
  const openSince: OpenSince = new Map();
  let health: readonly TargetHealth[] = await ports.router.health(balancer, color);
  while (!signal.aborted) {
    const verdicts = await Promise.all(
      start.instances
        .filter(({ exposed }) => exposed)
        .map((instance) => judge(start, instance, health, openSince)),
    );
    if (verdicts.every((verdict) => verdict === 'healthy')) {
      await ports.router.replaceFailing(balancer, color);
      return true;
    }
    if (performance.now() >= patienceEnds) return false;
    health = await ports.router.healthChange(balancer, color, health, {
      patienceSeconds: LOOK_SECONDS,
      signal,
    });
  }
  call.signal.throwIfAborted();
  return false;
}

/** Where the application listens whatever PORT says, when an instance passes its own port on to it. */
const insistedPort = ({ plan }: Start): number | undefined =>
  plan.processes.value.find(({ exposed }) => exposed)?.port;

/** When an instance was first seen to listen on its port, in milliseconds of the monotonic clock, by its id. */
type OpenSince = Map<string, number>;

async function judge(
  start: Start,
  instance: Instance,
  health: readonly TargetHealth[],
  openSince: OpenSince,
): Promise<'healthy' | 'wait'> {
  const { ports, settings } = start;
  const target = health.find(({ id }) => id === instance.id);
  const healthy = target?.state === 'healthy';
  const listeningPorts = healthy ? [] : await ports.instances.listeningPorts(instance.id);
  const port = insistedPort(start) ?? instance.port;
  if (port !== null && listeningPorts.includes(port) && !openSince.has(instance.id)) {
    openSince.set(instance.id, performance.now());
  }
  const verdict = judgeStart({
    elapsedMilliseconds: elapsedMilliseconds(start),
    timeoutMilliseconds: settings.startTimeoutSeconds * 1000,
    healthy,
    lastStatus: target?.lastStatus ?? null,
    reason: target?.reason ?? null,
    port: port ?? 0,
    listeningPorts,
    openMilliseconds: performance.now() - (openSince.get(instance.id) ?? performance.now()),
  });
  if (verdict.verdict !== 'failed') return verdict.verdict;
  throw new HiveMindError(verdict.code, verdict.message, {
    hint: verdict.hint,
    logTail: await ports.instances.logTail(instance.id, LOG_TAIL_LINES),
  });
}
