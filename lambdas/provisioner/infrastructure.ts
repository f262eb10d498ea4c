import { HiveMindError } from '../../src/domain/errors.ts';
import type { ReleaseExecution } from '../../src/domain/execution.ts';
import { isExposed, type Plan } from '../../src/domain/plan.ts';
import { isStackReady, type Stack } from '../../src/domain/stack.ts';
import type { StackEngine, StackRequest } from '../../src/ports/stack-engine.ts';
import { attemptToken } from '../../src/stages/attempt-token.ts';
import { stackOf } from '../../src/stages/compute-parameters.ts';
import {
  type InfrastructureBlueprint,
  infrastructureParameters,
} from '../../src/stages/infrastructure-parameters.ts';
import { analysedOutput, type StackOutput, stackOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import { type AgentCall, requireOutput, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { infrastructureFacts } from './infrastructure-facts.ts';
import type { ProvisionerPorts } from './ports.ts';
import { stackTags } from './stacks.ts';

/** Creates or changes one of the stacks that outlive a release. */
export async function provisionInfrastructure(
  ports: ProvisionerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
  blueprint: InfrastructureBlueprint,
  stage: 'promote' | InfrastructureBlueprint = blueprint,
): Promise<TaskAnswer> {
  const { plan } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const isLive = stage === 'promote';
  const request = await infrastructureRequest(ports, execution, plan, { blueprint, isLive });
  const { name, parameters } = request;
  const result = await runStage<StackOutput>(ports, execution, call, {
    stage,
    inputs: async () => ({ name, parameters }),
    output: stackOutput,
    stillTrue: (output) => stackStands(ports.stacks, output.stack, parameters),
    run: async (digest) => {
      const token = attemptToken(execution, digest);
      const stack = await ports.stacks.deploy({ ...request, token }, call);
      if (!isSettled(stack)) return { finished: false };
      return {
        finished: true,
        output: { stack: name, outputs: { ...stack.outputs } },
        summary: stack.outputs['url'] ?? stack.outputs['endpoint'] ?? name,
      };
    },
  });
  return { finished: result.finished };
}

/**
 * What the engine is asked for, besides the token.
 * @param isLive whether the release of the execution has the traffic already
 */
export async function infrastructureRequest(
  ports: Pick<ProvisionerPorts, 'store' | 'stacks'>,
  execution: ReleaseExecution,
  plan: Plan,
  { blueprint, isLive }: { readonly blueprint: InfrastructureBlueprint; readonly isLive: boolean },
): Promise<Omit<StackRequest, 'token'>> {
  const facts = await infrastructureFacts(ports, execution, plan, { isLive });
  return {
    ...stackOf(blueprint, facts),
    blueprint,
    parameters: infrastructureParameters(blueprint, facts),
    tags: stackTags(facts, execution.actor),
  };
}

/** The weights were moved by API: the template says so too from now on, so that the next change of the stack keeps them. */
export async function promote(
  ports: ProvisionerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { plan } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  if (!isExposed(plan)) return { finished: true };
  return await provisionInfrastructure(ports, execution, call, 'load-balancer', 'promote');
}

/** Whether a stack exists with exactly these parameters. */
export async function stackStands(
  stacks: Pick<StackEngine, 'describe'>,
  name: string,
  parameters: Readonly<Record<string, string>>,
): Promise<boolean> {
  const stack = await stacks.describe(name);
  if (!stack || !isStackReady(stack)) return false;
  return Object.entries(parameters).every(([key, value]) => stack.parameters[key] === value);
}

/** True when the stack is ready, false while it is being made. @throws the stack's failure */
export function isSettled(stack: Stack): boolean {
  if (isStackReady(stack)) return true;
  if (stack.failure) {
    const { code, message, hint, logTail } = stack.failure;
    throw new HiveMindError(code, message, { hint, logTail });
  }
  return false;
}
