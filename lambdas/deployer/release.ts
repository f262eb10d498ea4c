import type { Color } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { DeployExecution } from '../../src/domain/execution.ts';
import { isExposed, type Plan } from '../../src/domain/plan.ts';
import type { Instance } from '../../src/ports/instance-commands.ts';
import type { Weights } from '../../src/ports/traffic-router.ts';
import {
  analysedOutput,
  type ComputeOutput,
  computeOutput,
  type Released,
  releasedOutput,
  stackOutput,
} from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import {
  type AgentCall,
  findOutput,
  requireOutput,
  type TaskAnswer,
} from '../../src/stages/stage-context.ts';
import { awaitStart } from './await-start.ts';
import type { DeployerPorts } from './ports.ts';

/** Starts the instances of the new colour, waits until they are healthy and gives them the traffic. */
export async function release(
  ports: DeployerPorts,
  execution: DeployExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { plan } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const compute = await requireOutput(ports.store, execution.id, 'compute', computeOutput);
  const loadBalancer = await findOutput(ports.store, execution.id, 'load-balancer', stackOutput);
  const result = await runStage<Released>(ports, execution, call, {
    stage: 'release',
    inputs: async () => ({
      ...compute,
      loadBalancer: loadBalancer?.stack,
      healthCheckPath: plan.healthCheckPath.value,
    }),
    output: releasedOutput,
    stillTrue: (output) => isServing(ports, output, loadBalancer?.stack),
    run: async () => {
      const instances = await ports.instances.list(compute.stack);
      // An auto scaling group is without instances while it replaces the only one.
      if (instances.length === 0) return { finished: false };
      await ports.instances.start(instances.map(({ id }) => id));
      const balancer = isExposed(plan) ? loadBalancer?.stack : undefined;
      if (balancer) await ports.router.register(balancer, compute.color, targetsOf(instances));
      const started = await awaitStart({
        ports,
        plan,
        settings: execution.settings,
        instances,
        balancer,
        color: compute.color,
        startedAt: await startOfStage(ports, execution, call),
        call,
      });
      if (!started) return { finished: false };
      if (balancer) await giveTraffic(ports, balancer, compute.color);
      return {
        finished: true,
        output: {
          ...compute,
          url: loadBalancer?.outputs['url'] ?? null,
          instances: instances.map(({ id }) => id),
        },
        summary: describeRelease(plan, compute, instances),
      };
    },
  });
  return { finished: result.finished };
}

/** Since when this start is waited for: a stage that is called again goes on with its time. */
async function startOfStage(
  { store, clock }: DeployerPorts,
  { id }: DeployExecution,
  call: AgentCall,
): Promise<string> {
  if (call.startedAt !== undefined) return call.startedAt;
  const run = (await store.listStageRuns(id)).find(({ stage }) => stage === 'release');
  return run?.startedAt ?? clock.now();
}

async function isServing(
  ports: DeployerPorts,
  output: Released,
  balancer: string | undefined,
): Promise<boolean> {
  const instances = await ports.instances.list(output.stack);
  if (instances.length === 0 || instances.some(({ state }) => state !== 'running')) return false;
  if (!balancer) return true;
  const [weights, health] = await Promise.all([
    ports.router.weights(balancer),
    ports.router.health(balancer, output.color),
  ]);
  return (
    weights[output.color] === 100 && health.length > 0 && health.every(({ state }) => state === 'healthy')
  );
}

const targetsOf = (instances: readonly Instance[]) =>
  instances.flatMap(({ id, host, port }) => (port === null ? [] : [{ id, host, port }]));

export const allTrafficTo = (color: Color): Weights =>
  color === 'blue' ? { blue: 100, green: 0 } : { blue: 0, green: 100 };

/** @throws {HiveMindError} StackFailed: the load balancer did not take the weights */
async function giveTraffic(ports: DeployerPorts, balancer: string, color: Color): Promise<void> {
  await ports.router.shift(balancer, allTrafficTo(color));
  const weights = await ports.router.weights(balancer);
  if (weights[color] === 100) return;
  throw new HiveMindError(
    'StackFailed',
    `the load balancer "${balancer}" did not take the traffic over to ${color}`,
    {
      hint: 'run the deploy again; if it stays, look at `hivemind status`',
    },
  );
}

function describeRelease(plan: Plan, compute: ComputeOutput, instances: readonly Instance[]): string {
  const kinds = plan.processes.value.map(({ name }) => {
    const count = instances.filter((instance) => instance.process === name).length;
    return `${count} ${name}`;
  });
  return `release ${compute.release} runs in ${compute.color}: ${kinds.join(', ')}`;
}
