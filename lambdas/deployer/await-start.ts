import type { Color } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { DeploySettings } from '../../src/domain/execution.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { explainExit } from '../../src/domain/start-failure.ts';
import { judgeStart } from '../../src/domain/start-verdict.ts';
import type { Instance } from '../../src/ports/instance-commands.ts';
import type { TargetHealth } from '../../src/ports/traffic-router.ts';
import type { AgentCall } from '../../src/stages/stage-context.ts';
import type { DeployerPorts } from './ports.ts';

export interface Start {
  readonly ports: DeployerPorts;
  readonly plan: Plan;
  readonly settings: DeploySettings;
  readonly instances: readonly Instance[];
  readonly balancer: string | undefined;
  readonly color: Color;
  readonly call: AgentCall;
}

/** How often a start that shows no change is judged again. */
const LOOK_SECONDS = 0.5;
/** A process without a port has started when it is still there after this long. */
const SETTLE_SECONDS = 1;
const LOG_TAIL_LINES = 20;

/**
 * Resolves when every exposed instance is healthy and every other one has settled.
 * @throws {HiveMindError} StartFailed, MissingEnvironmentVariable, PortNeverOpened, ListensOnAnotherPort, HealthCheckFailed
 */
export async function awaitStart(start: Start): Promise<void> {
  const { ports, instances, balancer, call } = start;
  const ids = instances.map(({ id }) => id);
  const over = new AbortController();
  const signal = AbortSignal.any([call.signal, over.signal]);
  try {
    const settled = instances.some(({ exposed }) => !exposed) ? SETTLE_SECONDS : 0;
    const exit = ports.instances
      .firstExit(ids, { patienceSeconds: balancer ? start.settings.startTimeoutSeconds : settled, signal })
      .then(async (instance) => instance && (await failWithExit(start, instance)));
    const health = balancer ? awaitHealth(start, balancer, signal) : exit;
    const atLeast = balancer && settled > 0 ? ports.clock.sleep(settled * 1000, signal) : undefined;
    await Promise.race([Promise.all([health, atLeast]), exit.then(() => health)]);
  } finally {
    over.abort();
  }
}

async function failWithExit({ ports, plan, settings }: Start, instance: Instance): Promise<never> {
  throw explainExit({
    process: instance.process,
    exitCode: instance.lastExit?.code ?? null,
    signal: instance.lastExit?.signal ?? null,
    logTail: await ports.instances.logTail(instance.id, LOG_TAIL_LINES),
    variables: plan.environment.value,
    providedNames: settings.environmentNames,
  });
}

async function awaitHealth(start: Start, balancer: string, signal: AbortSignal): Promise<void> {
  const { ports, color } = start;
  const startedAt = performance.now();
  let health: readonly TargetHealth[] = await ports.router.health(balancer, color);
  while (!signal.aborted) {
    const verdicts = await Promise.all(
      start.instances
        .filter(({ exposed }) => exposed)
        .map((instance) => judge(start, instance, health, performance.now() - startedAt)),
    );
    if (verdicts.every((verdict) => verdict === 'healthy')) return;
    health = await ports.router.healthChange(balancer, color, health, {
      patienceSeconds: LOOK_SECONDS,
      signal,
    });
  }
  start.call.signal.throwIfAborted();
}

async function judge(
  { ports, settings }: Start,
  instance: Instance,
  health: readonly TargetHealth[],
  elapsedMilliseconds: number,
): Promise<'healthy' | 'wait'> {
  const target = health.find(({ id }) => id === instance.id);
  const healthy = target?.state === 'healthy';
  const verdict = judgeStart({
    elapsedMilliseconds,
    timeoutMilliseconds: settings.startTimeoutSeconds * 1000,
    healthy,
    lastStatus: target?.lastStatus ?? null,
    reason: target?.reason ?? null,
    port: instance.port ?? 0,
    listeningPorts: healthy ? [] : await ports.instances.listeningPorts(instance.id),
  });
  if (verdict.verdict !== 'failed') return verdict.verdict;
  throw new HiveMindError(verdict.code, verdict.message, {
    hint: verdict.hint,
    logTail: await ports.instances.logTail(instance.id, LOG_TAIL_LINES),
  });
}
