import type { Stack } from '../../domain/stack.ts';
import type { Instance } from '../../ports/instance-commands.ts';
import type { StackEngine } from '../../ports/stack-engine.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { NO_TRAFFIC, type Traffic } from '../anywhere/telemetry/no-traffic.ts';
import type { LoadBalancers } from './load-balancer/load-balancers.ts';
import type { Supervisor } from './supervisor/supervisor.ts';
import type { LogFiles } from './telemetry-logs/log-files.ts';

export interface LocalTelemetryOptions {
  readonly logs: LogFiles;
  readonly balancers: LoadBalancers;
  readonly supervisor: Supervisor;
  readonly stacks: StackEngine;
}

/** Log files of this machine, and the numbers that the load balancer and the processes of a deployment have now. */
export function localTelemetry({ logs, balancers, supervisor, stacks }: LocalTelemetryOptions): Telemetry {
  return {
    log: (deploymentId, line) => logs.log(deploymentId, line),
    flush: () => logs.flush(),
    read: (query) => logs.read(query),
    follow: (query, signal) => logs.follow(query, signal),
    forget: (deploymentId) => logs.forget(deploymentId),
    metrics: async (deploymentId) => {
      const known = await stacks.list(deploymentId);
      const compute = known.filter(({ blueprint }) => blueprint === 'compute');
      const instances = (await Promise.all(compute.map(({ name }) => supervisor.list(name)))).flat();
      return {
        ...traffic(balancers, known),
        instances: await Promise.all(instances.map((instance) => instanceMetrics(supervisor, instance))),
      };
    },
  };
}

function traffic(balancers: LoadBalancers, stacks: readonly Stack[]): Traffic {
  const balancer = stacks.find(({ blueprint }) => blueprint === 'load-balancer');
  const running = balancer && balancers.list().some(({ name }) => name === balancer.name);
  if (!balancer || !running) return NO_TRAFFIC;
  const { windowSeconds, requests, responses, latencyMilliseconds, openConnections } = balancers.metrics(
    balancer.name,
  );
  return { windowSeconds, requests, responses, latencyMilliseconds, openConnections };
}

async function instanceMetrics(supervisor: Supervisor, { id, state, restarts }: Instance) {
  const usage = await supervisor.usage(id);
  return {
    id,
    state,
    restarts,
    cpuPercent: usage?.cpuPercent ?? null,
    memoryBytes: usage?.memoryBytes ?? null,
  };
}
