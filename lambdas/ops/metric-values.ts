import type { DeploymentMetrics } from '../../src/ports/telemetry.ts';

/** The numbers of a deployment by name, as a model is shown them; null where nothing was measured. */
export function metricValues({
  requests,
  responses,
  latencyMilliseconds,
  openConnections,
  instances,
}: DeploymentMetrics): ReadonlyMap<string, number | null> {
  return new Map([
    ['requests', requests],
    ...Object.entries(responses).map(([status, count]) => [`responses.${status}`, count] as const),
    ['latencyMilliseconds.p50', latencyMilliseconds?.p50 ?? null],
    ['latencyMilliseconds.p90', latencyMilliseconds?.p90 ?? null],
    ['latencyMilliseconds.p99', latencyMilliseconds?.p99 ?? null],
    ['openConnections', openConnections],
    ['instances', instances.length],
    ['instances.restarts', most(instances.map(({ restarts }) => restarts))],
    ['instances.cpuPercent', most(instances.map(({ cpuPercent }) => cpuPercent))],
    ['instances.memoryBytes', most(instances.map(({ memoryBytes }) => memoryBytes))],
  ]);
}

/** Of the instance that has most of it. */
function most(values: readonly (number | null)[]): number | null {
  const measured = values.filter((value) => value !== null);
  return measured.length === 0 ? null : Math.max(...measured);
}
