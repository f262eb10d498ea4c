import type { DestroyExecution } from '../../src/domain/execution.ts';
import { isStackReady } from '../../src/domain/stack.ts';
import { type Snapshotted, snapshotOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import type { JanitorPorts } from './ports.ts';

/** Saves every database before anything is removed; a database that cannot be saved stops the removal. */
export async function snapshot(
  ports: JanitorPorts,
  execution: DestroyExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const result = await runStage<Snapshotted>(ports, execution, call, {
    stage: 'snapshot',
    inputs: async () => ({ executionId: execution.id }),
    output: snapshotOutput,
    stillTrue: async () => true,
    run: async () => {
      const stacks = await ports.stacks.list(execution.deploymentId);
      const databases = stacks.filter((stack) => stack.blueprint === 'database' && isStackReady(stack));
      if (databases.length === 0)
        return { finished: true, output: { locations: [] }, summary: 'no database' };
      if (!execution.settings.snapshot) {
        return { finished: true, output: { locations: [] }, summary: 'not wanted (--no-snapshot)' };
      }
      const locations: string[] = [];
      for (const { name } of databases) {
        const saved = await ports.snapshots.create(name, `${execution.id}-${name}`, call);
        if (!saved) return { finished: false };
        locations.push(saved.location);
      }
      return { finished: true, output: { locations }, summary: locations.join(', ') };
    },
  });
  return { finished: result.finished };
}
