import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { systemClock } from '../../../src/adapters/anywhere/clock.ts';
import { awsWorkflowRunner } from '../../../src/adapters/aws/workflow-runner.ts';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import { LocalWorkflowRunner } from '../../../src/adapters/local/workflow-runner.ts';
import { type ExecutionStatus, WORKFLOWS, type WorkflowName } from '../../../src/domain/execution.ts';
import { AGENTS, type AgentName } from '../../../src/domain/stage.ts';
import type { DeploymentStore } from '../../../src/ports/deployment-store.ts';
import { type Agent, cancelledByOperator } from '../../../src/stages/stage-context.ts';
import { aDestroyExecution } from '../../contracts/deployment-store.contract.ts';
import { type RunnerUnderTest, workflowRunnerContract } from '../../contracts/workflow-runner.contract.ts';
import { type Account, openAccount, REGION } from '../account.ts';
import { type Fate, openProxy, type ProxiedCall } from '../proxy.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface OpenRunner {
  readonly account: Account;
  readonly client: SFNClient;
  readonly store: DeploymentStore;
  readonly stateMachineArnPrefix: string;
}

/** The emulator keeps a record of every run, and executes none. */
async function open(): Promise<OpenRunner> {
  const account = await openAccount();
  const client = new SFNClient(account.settings);
  const store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock: systemClock });
  await store.createExecution(aDestroyExecution());
  for (const name of WORKFLOWS) {
    const definition = JSON.stringify({ StartAt: 'End', States: { End: { Type: 'Succeed' } } });
    const roleArn = `arn:aws:iam::${account.accountId}:role/states`;
    await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  }
  const stateMachineArnPrefix = `arn:aws:states:${REGION}:${account.accountId}:stateMachine:`;
  return { account, client, store, stateMachineArnPrefix };
}

async function runsOf({ client, stateMachineArnPrefix }: OpenRunner, workflow: WorkflowName) {
  const stateMachineArn = `${stateMachineArnPrefix}${workflow}`;
  return (await client.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];
}

const runInput = z.strictObject({ executionId: z.string(), deploymentId: z.string() });

/** Runs in the interpreter what the emulator has on record; agents look, as all do, whether their execution is cancelled. */
async function openContract(): Promise<RunnerUnderTest> {
  const opened = await open();
  const { client, store, stateMachineArnPrefix } = opened;
  const ended = Promise.withResolvers<ExecutionStatus>();
  const calls: string[] = [];
  let isReleased = false;
  const agent =
    (name: AgentName): Agent =>
    async (event) => {
      calls.push(`${name} ${JSON.stringify(event)}`);
      while (name === 'janitor' && !isReleased) {
        if ((await store.findExecution('destroy-1'))?.cancelRequested) {
          isReleased = true;
          throw cancelledByOperator();
        }
        await sleep(5);
      }
      return { finished: true };
    };
  const agents = Object.fromEntries(AGENTS.map((name) => [name, agent(name)])) as Record<AgentName, Agent>;
  const onEnd = async () => ended.resolve((await store.findExecution('destroy-1'))?.status ?? 'RUNNING');
  const engine = new LocalWorkflowRunner({ store, clock: systemClock, agents, onEnd: () => void onEnd() });
  const runner = awsWorkflowRunner({ client, stateMachineArnPrefix, store });
  const taken = new Set<string>();
  const takeUp = async () => {
    for (const { executionArn = '' } of await runsOf(opened, 'destroy')) {
      if (taken.has(executionArn)) continue;
      taken.add(executionArn);
      const { input = '' } = await client.send(new DescribeExecutionCommand({ executionArn }));
      const { executionId, deploymentId } = runInput.parse(JSON.parse(input));
      await engine.start('destroy', executionId, deploymentId);
    }
  };
  return {
    runner: {
      start: async (...work) => {
        await runner.start(...work);
        await takeUp();
      },
      cancel: runner.cancel,
      // What waits for an answer here is the interpreter.
      answer: (...given) => engine.answer(...given),
    },
    deploymentId: 'shop-abc234',
    executionId: 'destroy-1',
    release: () => {
      isReleased = true;
    },
    ended: ended.promise,
    calls,
  };
}

describe('workflow runner on Step Functions', () => {
  workflowRunnerContract(openContract);

  test('starts one run, named after its execution, also when that has ended meanwhile', async () => {
    const opened = await open();
    const runner = awsWorkflowRunner(opened);
    await runner.start('deploy', 'deploy-1', 'shop-abc234');
    await runner.start('deploy', 'deploy-1', 'shop-abc234');
    const [run] = await runsOf(opened, 'deploy');
    await opened.client.send(new StopExecutionCommand({ executionArn: run?.executionArn }));
    await runner.start('deploy', 'deploy-1', 'shop-abc234');
    expect(await runsOf(opened, 'deploy')).toEqual([expect.objectContaining({ name: 'deploy-1' })]);
    expect(await runsOf(opened, 'destroy')).toEqual([]);
  });

  test('leaves the wish to cancel where the agents look for it', async () => {
    const { client, stateMachineArnPrefix, store } = await open();
    await awsWorkflowRunner({ client, stateMachineArnPrefix, store }).cancel('destroy-1');
    expect(await store.findExecution('destroy-1')).toMatchObject({ cancelRequested: true });
  });

  test('starts one run although the answer was lost', async () => {
    const opened = await open();
    let count = 0;
    const runner = await behind(opened, () => {
      count += 1;
      return count === 1 ? 'lose' : 'pass';
    });
    await runner.start('deploy', 'deploy-1', 'shop-abc234');
    expect(count).toBe(2);
    expect(await runsOf(opened, 'deploy')).toHaveLength(1);
  });

  test('fails with ControlPlaneMissing when there is no state machine', async () => {
    const { client, store, stateMachineArnPrefix } = await open();
    const gone = `${stateMachineArnPrefix}gone-`;
    const runner = awsWorkflowRunner({ client, store, stateMachineArnPrefix: gone });
    await expect(runner.start('deploy', 'deploy-1', 'd')).rejects.toMatchObject({
      code: 'ControlPlaneMissing',
    });
  });

  test.each([
    ['ExecutionLimitExceeded', 'QuotaExceeded'],
    ['AccessDeniedException', 'AccessDenied'],
    ['ExpiredTokenException', 'CredentialsExpired'],
  ])('turns %s into %s', async (name, code) => {
    const refusal = { status: 400, body: JSON.stringify({ __type: name, message: 'no' }) };
    const runner = await behind(await open(), () => refusal);
    await expect(runner.start('deploy', 'deploy-1', 'd')).rejects.toMatchObject({ code });
  });
  test('gives the answer to the task that waits under the token', async () => {
    const sent: unknown[] = [];
    const runner = await behind(await open(), ({ action, body }) => {
      sent.push([action, JSON.parse(body)]);
      return { status: 200, body: '{}' };
    });
    await runner.answer('deploy-1', 'token-1', { approved: true });
    await runner.answer('deploy-1', 'token-2', { approved: false });
    expect(sent).toEqual([
      ['SendTaskSuccess', { taskToken: 'token-1', output: '{"approved":true}' }],
      ['SendTaskSuccess', { taskToken: 'token-2', output: '{"approved":false}' }],
    ]);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'takes %s for an answer that nobody waits for any more',
    async (name) => {
      const refusal = { status: 400, body: JSON.stringify({ __type: name, message: 'no' }) };
      const runner = await behind(await open(), () => refusal);
      await expect(runner.answer('deploy-1', 'token-1', { approved: true })).resolves.toBeUndefined();
    },
  );

  test.each([
    ['AccessDeniedException', 'AccessDenied'],
    ['KmsThrottlingException', 'AwsRefused'],
  ])('turns %s into %s when it answers', async (name, code) => {
    const refusal = { status: 400, body: JSON.stringify({ __type: name, message: 'no' }) };
    const runner = await behind(await open(), () => refusal);
    await expect(runner.answer('deploy-1', 'token-1', { approved: true })).rejects.toMatchObject({ code });
  });
});

async function behind(
  { account, store, stateMachineArnPrefix }: OpenRunner,
  decide: (call: ProxiedCall) => Fate,
) {
  const proxy = await openProxy(account, decide);
  closing.push(proxy.close);
  const client = new SFNClient(proxy.account.settings);
  return awsWorkflowRunner({ client, store, stateMachineArnPrefix });
}
