import { HiveMindError } from '../../src/domain/errors.ts';
import type { RestoreExecution } from '../../src/domain/execution.ts';
import { doneOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import { setStatus } from '../../src/stages/status.ts';
import { inRemovalOrder, removeEach, removeTraces } from './clean-up.ts';
import type { JanitorPorts } from './ports.ts';
import { recordRemoval } from './record-removal.ts';

/** Takes a deployment that was never live back to nothing; goes on past what is gone and past what cannot be removed. */
export async function undo(
  ports: JanitorPorts,
  execution: RestoreExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { deploymentId } = execution;
  const result = await runStage(ports, execution, call, {
    stage: 'undo',
    inputs: async () => ({ executionId: execution.id }),
    output: doneOutput,
    stillTrue: async () => false,
    run: async () => {
      const stacks = inRemovalOrder(await ports.stacks.list(deploymentId));
      const { failures, unfinished } = await removeEach(ports, execution, stacks, call);
      if (unfinished) return { finished: false };
      for (const failure of failures) {
        await recordRemoval(ports, execution, 'stack', failure.message, 'failed');
      }
      const left = await ports.stacks.list(deploymentId);
      if (left.length > 0)
        throw somethingLeft(
          left.map(({ name }) => name),
          failures,
        );
      if (!(await removeTraces(ports, execution, call))) return { finished: false };
      await ports.store.updateDeployment(deploymentId, { failure: undefined, url: undefined });
      await setStatus(ports, execution, 'janitor', 'ROLLED_BACK', 'nothing of it runs');
      return { finished: true, output: {}, summary: `${stacks.length} stacks removed` };
    },
  });
  return { finished: result.finished };
}

const somethingLeft = (names: readonly string[], failures: readonly HiveMindError[]): HiveMindError =>
  new HiveMindError(
    'ResourcesLeft',
    `still there after the rollback: ${names.join(', ')}${failures[0] ? ` (${failures[0].message})` : ''}`,
    { hint: failures[0]?.hint ?? 'run the rollback again: it goes on with what is left' },
  );
