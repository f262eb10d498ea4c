import { describe } from '@jest/globals';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { localDeploymentStore } from '../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { LocalWorkflowRunner } from '../../src/adapters/local/workflow-runner.ts';
import type { ExecutionStatus } from '../../src/domain/execution.ts';
import { AGENTS, type AgentName } from '../../src/domain/stage.ts';
import type { Agent } from '../../src/stages/stage-context.ts';
import { taskName } from '../state-machines/scripted-workflow.ts';
import { answerWhenAllIsWell } from '../state-machines/workflow-tasks.ts';
import { aDestroyExecution } from './deployment-store.contract.ts';
import { type RunnerUnderTest, workflowRunnerContract } from './workflow-runner.contract.ts';

async function openLocal(): Promise<RunnerUnderTest> {
  const store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock: systemClock });
  const execution = aDestroyExecution();
  await store.createExecution(execution);
  const gate = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<ExecutionStatus>();
  const calls: string[] = [];
  const agent =
    (name: AgentName): Agent =>
    async (event, { signal }) => {
      calls.push(`${name} ${JSON.stringify(event)}`);
      const aborted = new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
      if (name === 'janitor') await Promise.race([gate.promise, aborted]);
      return answerWhenAllIsWell(taskName(name, event));
    };
  const agents = Object.fromEntries(AGENTS.map((name) => [name, agent(name)])) as Record<AgentName, Agent>;
  const onEnd = async () => ended.resolve((await store.findExecution('destroy-1'))?.status ?? 'RUNNING');
  return {
    runner: new LocalWorkflowRunner({ store, clock: systemClock, agents, onEnd: () => void onEnd() }),
    deploymentId: execution.deploymentId,
    executionId: 'destroy-1',
    release: gate.resolve,
    ended: ended.promise,
    calls,
  };
}

describe('local workflow runner', () => workflowRunnerContract(openLocal));
