import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type { WorkflowName } from '../../src/domain/execution.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';
import { runScripted, type Script, taskName } from '../state-machines/scripted-workflow.ts';
import { EXECUTIONS } from '../state-machines/workflow-executions.ts';
import {
  analysed,
  answerWhenAllIsWell,
  breaksWith,
  DEPLOY_TASKS,
  DESTROY_TASKS,
  DONE_AT_ONCE,
  ROLLBACK_TASKS,
  UPDATE_TASKS,
  UPGRADE_TASKS,
} from '../state-machines/workflow-tasks.ts';
import { StepFunctions } from './step-functions.ts';

/** What a task does each time it is called; after the last one it succeeds. */
type Attempts = Readonly<Record<string, readonly (TaskAnswer | ErrorCode)[]>>;

const again: TaskAnswer = { finished: false };

const ROLLING = analysed({ rolling: true });
const TO_NOTHING = analysed({ toNothing: true });

/** Every task that may be called again is, once. */
const longWork = (tasks: readonly string[]): Attempts =>
  Object.fromEntries(tasks.filter((task) => !DONE_AT_ONCE.includes(task)).map((task) => [task, [again]]));

/** Each task in turn. A state that several workflows have is alike in all (definitions.test.ts), and fails here in one of them. */
const failures = (workflow: WorkflowName, tasks: readonly string[]) =>
  tasks.map((task) => [`${task} fails`, workflow, { [task]: ['StackFailed'] }] as const);

const SCENARIOS: readonly (readonly [string, WorkflowName, Attempts])[] = [
  ['all succeeds', 'deploy', {}],
  ['a worker without database', 'deploy', { recon: [analysed({ exposed: false, database: false })] }],
  ['a what-if', 'deploy', { recon: [analysed({ whatIf: true })] }],
  [
    'a what-if that fails',
    'deploy',
    { recon: [analysed({ whatIf: true })], 'sheriff assess': ['InternalError'] },
  ],
  [
    'long work',
    'deploy',
    {
      compiler: [again, again],
      'provisioner deploy compute': [again],
      'deployer migrate': [again],
      'deployer release': [again, again],
      'deployer complete': [again],
    },
  ],
  [
    'a retry, then success',
    'deploy',
    { recon: ['SourceUnreachable'], 'provisioner deploy compute': ['Throttled'] },
  ],
  ['a retry that never succeeds', 'deploy', { recon: Array(8).fill('SourceUnreachable') }],
  ['a report that fails', 'deploy', { 'ops report': Array(8).fill('InternalError') }],
  ['a diagnosis that fails', 'deploy', { qa: ['VerificationFailed'], medic: ['InternalError'] }],
  [
    'a clean-up that takes long and fails',
    'deploy',
    { qa: ['VerificationFailed'], 'janitor clean-up': [again, 'StackFailed'] },
  ],
  ...DEPLOY_TASKS.map((task) => [`${task} fails`, 'deploy', { [task]: ['BuildFailed'] }] as const),
  ['all goes', 'destroy', { 'janitor remove-compute': [again] }],
  ['a throttled removal', 'destroy', { 'janitor remove-database': ['Throttled'] }],
  ...DESTROY_TASKS.map((task) => [`${task} fails`, 'destroy', { [task]: ['StackFailed'] }] as const),
  ['all succeeds', 'update', {}],
  ['a worker without database', 'update', { recon: [analysed({ exposed: false, database: false })] }],
  ['one instance after the other', 'update', { recon: [ROLLING], 'deployer roll': [again, again] }],
  ['an instance fails', 'update', { recon: [ROLLING], 'deployer roll': ['StartFailed'] }],
  ['long work', 'update', longWork(UPDATE_TASKS)],
  ['a report that fails', 'update', { 'ops report': Array(8).fill('InternalError') }],
  ...failures(
    'update',
    UPDATE_TASKS.filter((task) => !DEPLOY_TASKS.includes(task)),
  ),
  ['all succeeds', 'upgrade', {}],
  ['long work', 'upgrade', longWork(UPGRADE_TASKS)],
  ...failures('upgrade', ['compiler restore', 'provisioner deploy network', 'provisioner deploy monitoring']),
  ['all succeeds', 'rollback', {}],
  ['long work', 'rollback', longWork(ROLLBACK_TASKS)],
  ['to nothing', 'rollback', { 'compiler restore': [TO_NOTHING], 'janitor undo': [again] }],
  ['to nothing fails', 'rollback', { 'compiler restore': [TO_NOTHING], 'janitor undo': ['ResourcesLeft'] }],
  ...failures('rollback', ['provisioner deploy load-balancer']),
  ['all goes', 'retire', { 'janitor retire': [again] }],
  ['a removal fails', 'retire', { 'janitor retire': ['StackFailed'] }],
  ['a diagnosis fails', 'retire', { 'janitor retire': ['StackFailed'], medic: ['InternalError'] }],
];

/** A script that counts its own attempts. */
function player(attempts: Attempts): (task: string) => TaskAnswer {
  const counts = new Map<string, number>();
  return (task) => {
    const count = counts.get(task) ?? 0;
    counts.set(task, count + 1);
    const answer = attempts[task]?.[count] ?? answerWhenAllIsWell(task);
    return typeof answer === 'string' ? breaksWith(answer)() : answer;
  };
}

/** Task states by the branch they stand in: branches run beside each other, so only the order within one means something. */
async function branchesOf(workflow: WorkflowName): Promise<readonly (readonly string[])[]> {
  const file = new URL(`../../state-machines/${workflow}.asl.json`, import.meta.url);
  const branches: string[][] = [];
  const walk = (machine: { States: Record<string, { Branches?: [] }> }) => {
    branches.push(Object.keys(machine.States));
    for (const { Branches } of Object.values(machine.States))
      for (const branch of Branches ?? []) walk(branch);
  };
  walk(JSON.parse(await readFile(file, 'utf8')));
  return branches;
}

describe('Step Functions goes the way of the interpreter here', () => {
  const players = new Map<string, (task: string) => TaskAnswer>();
  let stepFunctions: StepFunctions;
  beforeAll(async () => {
    // The runner loads its interpreter at first use; under jest a module that several load at once may fail to link.
    await import('aws-local-stepfunctions');
    stepFunctions = await StepFunctions.start(async (functionName, payload) => {
      const { executionId } = payload as { executionId: string };
      const play = players.get(executionId);
      if (!play) throw new Error(`no script for ${executionId}`);
      return play(taskName(functionName, payload));
    });
  });
  afterAll(() => stepFunctions.close());

  test.concurrent.each(SCENARIOS)(
    '%s (%s)',
    async (name, workflow, attempts) => {
      const executionId = `${workflow}-${SCENARIOS.findIndex(([other, kind]) => other === name && kind === workflow)}`;
      const play = player(attempts);
      const onStepFunctions = async () => {
        for (let run = 1; run <= 10; run += 1) {
          players.set(executionId, player(attempts));
          const input = { executionId, deploymentId: 'shop-abc234' };
          const outcome = await stepFunctions.run(workflow, input, `${executionId}-${run}`);
          if (outcome) return outcome;
        }
        throw new Error('the emulator could not tell the history of ten runs');
      };
      const script: Script = new Proxy({}, { get: (_target, task) => async () => play(String(task)) });
      const [there, here] = await Promise.all([
        onStepFunctions(),
        runScripted({ ...EXECUTIONS[workflow], id: executionId }, script),
      ]);
      expect(there.status).toBe(here.status);
      const [outermost, ...inner] = await branchesOf(workflow);
      const within = (states: readonly string[], branch: readonly string[] | undefined) =>
        states.filter((state) => branch?.includes(state));
      expect(within(there.states, outermost)).toEqual(within(here.states, outermost));
      // Beside a failure a branch gets as far as it gets.
      if (there.status !== 'SUCCEEDED') return;
      for (const branch of inner) expect(within(there.states, branch)).toEqual(within(here.states, branch));
    },
    150_000,
  );
});
