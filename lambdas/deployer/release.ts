import type { ReleaseExecution } from '../../src/domain/execution.ts';
import { isExposed, type Plan } from '../../src/domain/plan.ts';
import { allTrafficTo } from '../../src/domain/swap.ts';
import type { Instance } from '../../src/ports/instance-commands.ts';
import type { TargetAddress } from '../../src/ports/traffic-router.ts';
import { awaitStart } from '../../src/stages/await-start.ts';
import { giveWeights } from '../../src/stages/give-weights.ts';
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
import type { DeployerPorts } from './ports.ts';

/** Starts the instances of the new colour, waits until they are healthy and gives them the traffic. */
export const release = (
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> => startRelease(ports, execution, call, { withTraffic: true });

/** Starts the instances of the new colour and waits until they are healthy: the traffic stays where it is. */
export const start = (
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> => startRelease(ports, execution, call, { withTraffic: false });

async function startRelease(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
  { withTraffic }: { readonly withTraffic: boolean },
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
      ...(!withTraffic && { withTraffic }),
    }),
    output: releasedOutput,
    stillTrue: (output) => isServing(ports, output, loadBalancer?.stack, withTraffic),
    run: async () => {
      const instances = await ports.instances.list(compute.stack);
      // An auto scaling group is without instances while it replaces the only one.
      if (instances.length === 0) return { finished: false };
      await ports.instances.start(instances.map(({ id }) => id));
      const balancer = isExposed(plan) ? loadBalancer?.stack : undefined;
      if (balancer) await ports.router.register(balancer, compute.color, targetsOf(instances, plan));
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
      if (balancer && withTraffic) await giveWeights(ports, balancer, allTrafficTo(compute.color));
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
  { id }: ReleaseExecution,
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
  withTraffic: boolean,
): Promise<boolean> {
  const instances = await ports.instances.list(output.stack);
  if (instances.length === 0 || !instances.every(isConfirmedRunning)) return false;
  if (!areTheSame(instances, output.instances)) return false;
  if (!balancer) return true;
  const [weights, health] = await Promise.all([
    ports.router.weights(balancer),
    ports.router.health(balancer, output.color),
  ]);
  const isHealthy = health.length > 0 && health.every(({ state }) => state === 'healthy');
  return isHealthy && (!withTraffic || weights[output.color] === 100);
}

/** A stack that was made anew, and a group that has replaced an instance, have others. */
const areTheSame = (instances: readonly Instance[], recorded: readonly string[]): boolean =>
  instances.length === recorded.length && instances.every(({ id }) => recorded.includes(id));

/** What an instance says itself, and not what the platform supposes of it. */
const isConfirmedRunning = ({ state, unconfirmed }: Instance): boolean =>
  state === 'running' && unconfirmed === undefined;

/** The health check path goes with the release: the one beside it is still asked for its own. */
const targetsOf = (instances: readonly Instance[], { healthCheckPath }: Plan): readonly TargetAddress[] =>
  instances.flatMap(({ id, host, port }) =>
    port === null ? [] : [{ id, host, port, healthCheckPath: healthCheckPath.value }],
  );

function describeRelease(plan: Plan, compute: ComputeOutput, instances: readonly Instance[]): string {
  const kinds = plan.processes.value.map(({ name }) => {
    const count = instances.filter((instance) => instance.process === name).length;
    return `${count} ${name}`;
  });
  return `release ${compute.release} runs in ${compute.color}: ${kinds.join(', ')}`;
}
