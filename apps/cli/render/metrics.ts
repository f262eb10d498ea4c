import type * as z from 'zod';
import type { metricsShape } from '../../../src/contracts/api.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { megabytes } from './words.ts';

export type MetricsView = z.infer<typeof metricsShape>;

/** What the load balancer saw. */
export function trafficLines(metrics: MetricsView): readonly string[] {
  const { responses, latencyMilliseconds: latency } = metrics;
  const classes = Object.entries(responses).map(([status, count]) => `${status} ${count}`);
  const minutes = Math.round(metrics.windowSeconds / 60);
  return [
    `requests      ${metrics.requests} in the last ${minutes} min (${classes.join(', ')})`,
    `latency       ${latency ? `p50 ${ms(latency.p50)}, p90 ${ms(latency.p90)}, p99 ${ms(latency.p99)}` : 'no requests yet'}`,
    `connections   ${metrics.openConnections} open`,
  ];
}

const ms = (milliseconds: number): string => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;

export const instanceLines = (metrics: MetricsView): readonly string[] =>
  metrics.instances.map(({ id, state, cpuPercent, memoryBytes, restarts }) =>
    [
      singleLine(id),
      singleLine(state),
      cpuPercent === null ? 'CPU unknown' : `CPU ${cpuPercent.toFixed(0)} %`,
      memoryBytes === null ? 'memory unknown' : megabytes(memoryBytes),
      `${restarts} restarts`,
    ].join('  '),
  );
