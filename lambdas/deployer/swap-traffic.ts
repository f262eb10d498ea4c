import { COLORS, type Color, otherColor } from '../../src/domain/deployment.ts';
import {
  errorRejection,
  LEAST_REQUESTS_FOR_LATENCY,
  latencyRejection,
} from '../../src/domain/release-gate.ts';
import type { Swap, SwapView } from '../../src/domain/swap.ts';
import { timeAfter } from '../../src/domain/time.ts';
import type { TargetHealth } from '../../src/ports/traffic-router.ts';
import type { Released, Shifted } from '../../src/stages/outputs.ts';
import type { DeployerPorts } from './ports.ts';
import type { SwapProgress } from './schema.ts';

/** How far back the release before it is measured where it has nothing in the same time. */
const REFERENCE_SECONDS = 120;
/** How long new processes may be slow: connections, caches and compiled code come with the first requests. */
const WARM_UP_SECONDS = 2;

/** A swap that goes on: who takes over, and where. */
export interface SwapSubject {
  readonly ports: DeployerPorts;
  readonly balancer: string;
  readonly released: Released;
  readonly deploymentId: string;
}

/** How many targets the new colour has when all is well: what was started, apart from processes without a port. */
export async function wantedTargets({ ports, released }: SwapSubject): Promise<number> {
  const instances = await ports.instances.list(released.stack);
  const silent = new Set(instances.flatMap(({ id, exposed }) => (exposed ? [] : [id])));
  return released.instances.filter((id) => !silent.has(id)).length;
}

export type Verdict = Pick<SwapView, 'targets' | 'rejection'>;

/** How many targets of the new colour can serve at this moment, and what speaks against its release. */
export async function judge(subject: SwapSubject, progress: SwapProgress): Promise<Verdict> {
  const health = await subject.ports.router.health(subject.balancer, progress.swap.to);
  const healthy = health.filter(({ state }) => state === 'healthy').length;
  return {
    targets: { healthy, wanted: progress.targets },
    rejection: await swapRejection(subject, progress, health),
  };
}

async function swapRejection(
  subject: SwapSubject,
  { swap, startedAt }: SwapProgress,
  health: readonly TargetHealth[],
): Promise<string | null> {
  const { ports, deploymentId } = subject;
  if (health.length === 0) return 'no instance of it is registered';
  const sick = health.filter(({ state }) => state === 'unhealthy' || state === 'draining');
  if (sick[0]) {
    const why = sick[0].reason ?? sick[0].state;
    return `${sick.length} of ${health.length} instances are not healthy: ${why}`;
  }
  if (swap.since === null) return null;
  const [traffic, alarms] = await Promise.all([
    trafficRejection(subject, swap, swap.since, startedAt),
    ports.observation.firingAlarms(deploymentId, startedAt),
  ]);
  if (traffic !== undefined) return traffic;
  return alarms.length > 0 ? `alarms are firing: ${alarms.join(', ')}` : null;
}

/** Beside the release before it while both have traffic: what makes one machine slow makes both slow. */
async function trafficRejection(
  { ports, balancer }: SwapSubject,
  swap: Swap,
  since: string,
  startedAt: string,
): Promise<string | undefined> {
  const isAlone = swap.steps[swap.step] === 100;
  const traffic = (color: Color, from: string) => ports.observation.traffic(balancer, color, from);
  const live = otherColor(swap.to);
  const reference = timeAfter(startedAt, -REFERENCE_SECONDS);
  const [candidate, before] = await Promise.all([
    traffic(swap.to, since),
    traffic(live, isAlone ? reference : since),
  ]);
  const errors = errorRejection(candidate, before);
  if (errors !== undefined || isAlone) return errors ?? latencyRejection(candidate, before, 'before');
  const warm = timeAfter(startedAt, Math.min(WARM_UP_SECONDS, swap.bakeSeconds / 2));
  if (since >= warm) return latencyRejection(candidate, before, 'beside');
  if (ports.clock.now() < warm) return undefined;
  return latencyRejection(...(await Promise.all([traffic(swap.to, warm), traffic(live, warm)])), 'beside');
}

/** What the swap was like for whoever sent requests. */
export async function swapOutcome({ ports, balancer }: SwapSubject, { startedAt }: SwapProgress) {
  const both = await Promise.all(
    COLORS.map((color) => ports.observation.traffic(balancer, color, startedAt)),
  );
  const sum = (pick: (traffic: (typeof both)[number]) => number) =>
    both.reduce((total, traffic) => total + pick(traffic), 0);
  const slowest = Math.max(...both.map(({ slowestMilliseconds }) => slowestMilliseconds ?? 0));
  const output: Shifted = {
    requests: sum(({ requests }) => requests),
    failed: sum(({ errors }) => errors),
    slowestMilliseconds: slowest === 0 ? null : Math.round(slowest),
  };
  return { output, summary: describeShifted(output) };
}

const describeShifted = ({ requests, failed, slowestMilliseconds }: Shifted): string =>
  requests === 0
    ? 'all traffic; no requests during the swap'
    : `all traffic; ${requests} requests during the swap, ${failed} failed, slowest ${slowestMilliseconds ?? 0} ms${requests < LEAST_REQUESTS_FOR_LATENCY ? '; too few to compare how fast they were' : ''}`;
