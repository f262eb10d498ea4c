// The runner loads it with its first workflow; beside other loading that fails now and then under jest, which links modules itself.
import 'aws-local-stepfunctions';
import * as z from 'zod';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { localDeploymentStore } from '../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { LocalWorkflowRunner } from '../../src/adapters/local/workflow-runner.ts';
import type { Execution, ExecutionStatus } from '../../src/domain/execution.ts';
import { AGENTS, type AgentName } from '../../src/domain/stage.ts';
import type { Agent, AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import { answerWhenAllIsWell } from './workflow-tasks.ts';

export interface ScriptedCall extends AgentCall {
  /** What the operator says, when the task is the question. */
  readonly answer: (approved: boolean) => Promise<undefined>;
}

/** What a task does; when it answers nothing, it has gone well. */
type ScriptedTask = (call: ScriptedCall) => TaskAnswer | undefined | Promise<TaskAnswer | undefined>;

/** Tasks are named by agent and, where an agent has several, action and blueprint: `provisioner deploy compute`. */
export type Script = Readonly<Record<string, ScriptedTask>>;

export interface WorkflowRun {
  readonly status: ExecutionStatus;
  /** What it failed with, for whoever wonders. */
  readonly failure: string | undefined;
  /** Tasks in the order in which they were called. */
  readonly calls: readonly string[];
  /** States in the order in which they were entered. */
  readonly states: readonly string[];
}

/** Runs a workflow of `state-machines/` to its end with scripted agents; whatever the script leaves out succeeds. */
export async function runScripted(execution: Execution, script: Script): Promise<WorkflowRun> {
  const database = openStateDatabase(':memory:');
  const store = localDeploymentStore({ database, clock: systemClock });
  await store.createExecution(execution);
  const calls: string[] = [];
  const agent =
    (name: AgentName): Agent =>
    async (event, call) => {
      const task = taskName(name, event);
      calls.push(task);
      const { taskToken = '' } = questionShape.parse(event);
      const answer = async (approved: boolean) => {
        await runner.answer(execution.id, taskToken, { approved });
        return undefined;
      };
      return (await script[task]?.({ ...call, answer })) ?? answerWhenAllIsWell(task);
    };
  const ended = Promise.withResolvers<void>();
  const agents = Object.fromEntries(AGENTS.map((name) => [name, agent(name)])) as Record<AgentName, Agent>;
  const onEnd = () => ended.resolve();
  const runner = new LocalWorkflowRunner({ store, clock: systemClock, agents, onEnd, pauseMilliseconds: 0 });
  await runner.start(execution.workflow, execution.id, execution.deploymentId);
  await ended.promise;
  const events = await store.listEvents({ executionId: execution.id });
  const { status = 'RUNNING', failure } = (await store.findExecution(execution.id)) ?? {};
  database.close();
  return {
    status,
    failure: failure?.message,
    calls,
    states: events.filter(({ type }) => type === 'state.entered').map(({ message }) => message),
  };
}

const questionShape = z.object({ taskToken: z.string().optional() });

/** `provisioner deploy compute`, `qa candidate` */
export function taskName(agent: string, event: unknown): string {
  const { action, blueprint, subject } = event as { action?: string; blueprint?: string; subject?: string };
  return [agent, action, blueprint, subject].filter((part) => part !== undefined).join(' ');
}
