import type { RetireExecution } from '../../src/domain/execution.ts';
import { requireIdle } from '../../src/stages/idle-color.ts';
import { doneOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import type { JanitorPorts } from './ports.ts';
import { removeStack } from './removal.ts';

/** Drains and removes a colour that has no traffic; one that has become live meanwhile stays. */
export async function retire(
  ports: JanitorPorts,
  execution: RetireExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { deploymentId, settings } = execution;
  const result = await runStage(ports, execution, call, {
    stage: 'retire',
    inputs: async () => ({ executionId: execution.id }),
    output: doneOutput,
    stillTrue: async () => false,
    run: async () => {
      const deployment = await ports.store.findDeployment(deploymentId);
      if (deployment?.liveColor === settings.color) {
        return { finished: true, output: {}, summary: `${settings.color} is live: nothing is removed` };
      }
      // First the record: what is about to go cannot take the traffic back.
      if (deployment?.warm?.color === settings.color) {
        await ports.store.updateDeployment(deploymentId, { warm: undefined });
      }
      const stacks = (await ports.stacks.list(deploymentId)).filter(
        ({ blueprint, parameters }) => blueprint === 'compute' && parameters['color'] === settings.color,
      );
      if (deployment && stacks.length > 0) await requireIdle(ports, deployment);
      for (const stack of stacks) {
        if (!(await removeStack(ports, execution, stack, call))) return { finished: false };
      }
      const names = stacks.map(({ name }) => name).join(', ');
      return {
        finished: true,
        output: {},
        summary: names === '' ? 'it is gone already' : `removed ${names}`,
      };
    },
  });
  return { finished: result.finished };
}
