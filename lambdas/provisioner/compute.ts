import { type Color, otherColor } from '../../src/domain/deployment.ts';
import { isRolling, type ReleaseExecution } from '../../src/domain/execution.ts';
import { isExposed } from '../../src/domain/plan.ts';
import { stackName } from '../../src/domain/stack.ts';
import type { StackRequest } from '../../src/ports/stack-engine.ts';
import { attemptToken } from '../../src/stages/attempt-token.ts';
import { requireIdle } from '../../src/stages/idle-color.ts';
import {
  type ComputeOutput,
  computeOutput,
  type StackOutput,
  stackOutput,
} from '../../src/stages/outputs.ts';
import { retireStack } from '../../src/stages/retire-stack.ts';
import { runStage, type StageOutcome } from '../../src/stages/run-stage.ts';
import { type AgentCall, requireOutput, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { requireLiveColor, type WantedRelease, wantedRelease } from '../../src/stages/wanted-release.ts';
import { infrastructureRequest, isSettled, stackStands } from './infrastructure.ts';
import type { ProvisionerPorts } from './ports.ts';
import { stackTags } from './stacks.ts';

/**
 * Creates the instances of a release in the colour that has no traffic. A rolling update has put the release on the live instances already:
 * the stack is told of it when it is permanent.
 */
export async function provisionCompute(
  ports: ProvisionerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { deploymentId } = execution;
  const wanted = await wantedRelease(ports, execution);
  const { facts, release, parametersIn } = wanted;
  const result = await runStage<ComputeOutput>(ports, execution, call, {
    stage: 'compute',
    inputs: async () => ({ deploymentId, ...parametersIn('blue') }),
    output: computeOutput,
    stillTrue: ({ stack, color }) => stackStands(ports.stacks, stack, parametersIn(color)),
    run: async (digest) => {
      if (isRolling(execution)) return inPlace(wanted);
      const color = facts.liveColor ? otherColor(facts.liveColor) : 'blue';
      const name = stackName(deploymentId, 'compute', color);
      if (!(await makeRoom(ports, deploymentId, name, parametersIn(color), call))) return { finished: false };
      const stack = await ports.stacks.deploy(requestFor(execution, wanted, color, digest), call);
      if (!isSettled(stack)) return { finished: false };
      const summary = `release ${release.number} in ${color}: ${stack.outputs['instances'] ?? ''}`;
      return { finished: true, output: { stack: name, color, release: release.number }, summary };
    },
  });
  return { finished: result.finished };
}

/**
 * The release is permanent on the instances of the live colour: what they are made from, and the path at which the load balancer checks
 * them, say so too from now on.
 */
export async function promoteInPlace(
  ports: ProvisionerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const wanted = await wantedRelease(ports, execution);
  const { color, stack: name } = await requireOutput(ports.store, execution.id, 'compute', computeOutput);
  const parameters = wanted.parametersIn(color);
  const balancer = await liveBalancer(ports, execution, wanted);
  const result = await runStage<StackOutput>(ports, execution, call, {
    stage: 'promote',
    inputs: async () => ({ name, parameters, ...(balancer && { balancer: balancer.parameters }) }),
    output: stackOutput,
    stillTrue: async ({ stack }) =>
      (await stackStands(ports.stacks, stack, parameters)) &&
      (!balancer || (await stackStands(ports.stacks, balancer.name, balancer.parameters))),
    run: async (digest) => {
      const request = requestFor(execution, wanted, color, digest);
      const kept = { ...request.parameters, ...KEEPING_INSTANCES[execution.settings.target] };
      const stack = await ports.stacks.deploy({ ...request, parameters: kept }, call);
      if (!isSettled(stack)) return { finished: false };
      const { token } = request;
      if (balancer && !isSettled(await ports.stacks.deploy({ ...balancer, token }, call))) {
        return { finished: false };
      }
      return { finished: true, output: { stack: name, outputs: { ...stack.outputs } }, summary: name };
    },
  });
  return { finished: result.finished };
}

const liveBalancer = async (
  ports: ProvisionerPorts,
  execution: ReleaseExecution,
  { facts: { plan } }: WantedRelease,
): Promise<Omit<StackRequest, 'token'> | undefined> =>
  isExposed(plan)
    ? await infrastructureRequest(ports, execution, plan, { blueprint: 'load-balancer', isLive: true })
    : undefined;

/** What keeps a change of the stack from replacing the instances; on one machine those that run the release already stay. */
const KEEPING_INSTANCES = { local: {}, aws: { inPlace: 'true' } } as const;

/** @throws {HiveMindError} NotLive */
function inPlace({ facts, release }: WantedRelease): StageOutcome<ComputeOutput> {
  const { deploymentId } = facts;
  const color = requireLiveColor(facts);
  return {
    finished: true,
    output: { stack: stackName(deploymentId, 'compute', color), color, release: release.number },
    summary: `release ${release.number} is on the instances of ${color}`,
  };
}

const requestFor = (
  execution: ReleaseExecution,
  { facts, release, parametersIn }: WantedRelease,
  color: Color,
  digest: string,
) =>
  ({
    name: stackName(execution.deploymentId, 'compute', color),
    blueprint: 'compute',
    deploymentId: execution.deploymentId,
    parameters: parametersIn(color),
    tags: stackTags(facts, execution.actor, { color, release: release.number }),
    token: attemptToken(execution, digest),
  }) as const;

/** A release that is kept warm in this colour finishes what it has in hand, and goes. Returns whether there is room. */
async function makeRoom(
  ports: ProvisionerPorts,
  deploymentId: string,
  name: string,
  parameters: Readonly<Record<string, string>>,
  call: AgentCall,
): Promise<boolean> {
  const standing = await ports.stacks.describe(name);
  if (!standing) return true;
  const isOurs = Object.entries(parameters).every(([key, value]) => standing.parameters[key] === value);
  if (isOurs) return true;
  const deployment = await ports.store.findDeployment(deploymentId);
  if (deployment) await requireIdle(ports, deployment);
  // First the record: what is about to go cannot take the traffic back.
  await ports.store.updateDeployment(deploymentId, { warm: undefined });
  return await retireStack(ports, standing, call);
}
