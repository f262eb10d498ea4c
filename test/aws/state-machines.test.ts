import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { WORKFLOWS, type WorkflowName } from '../../src/domain/execution.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';
import {
  runScripted,
  type Script,
  type ScriptedCall,
  taskName,
} from '../state-machines/scripted-workflow.ts';
import { EXECUTIONS } from '../state-machines/workflow-executions.ts';
import {
  analysed,
  DEPLOY_TASKS,
  DESTROY_TASKS,
  DONE_AT_ONCE,
  diagnosed,
  ROLLBACK_TASKS,
  UPDATE_TASKS,
  UPGRADE_TASKS,
} from '../state-machines/workflow-tasks.ts';
import { type Answer, type Attempts, type Play, player } from './scripted-attempts.ts';
import { StepFunctions } from './step-functions.ts';

const again: TaskAnswer = { finished: false };

const ROLLING = analysed({ rolling: true });
const TO_NOTHING = analysed({ toNothing: true });

/** Every task that may be called again is, once. */
const longWork = (tasks: readonly string[]): Attempts =>
  Object.fromEntries(tasks.filter((task) => !DONE_AT_ONCE.includes(task)).map((task) => [task, [again]]));

/** Each task in turn. A state that several workflows have is alike in all (definitions.test.ts), and fails here in one of them. */
const failures = (workflow: WorkflowName, tasks: readonly string[]) =>
  tasks.map((task) => [`${task} fails`, workflow, { [task]: ['StackFailed'] }] as const);

/** With what each workflow begins, and begins again. */
const FIRST_TASK: Readonly<Record<WorkflowName, string>> = {
  deploy: 'recon',
  update: 'recon',
  upgrade: 'compiler restore',
  rollback: 'compiler restore',
  retire: 'janitor retire',
  destroy: 'janitor plan-removal',
};

const LEFT_IN_PLACE: TaskAnswer = { finished: true, leaveInPlace: true };

/** What becomes of a failure, in every workflow. */
const fixes = (workflow: WorkflowName): readonly (readonly [string, WorkflowName, Attempts])[] => {
  const ways: Readonly<Record<string, Attempts>> = {
    'a fix is applied': { 'medic diagnose': [diagnosed('apply')] },
    'the operator agrees to a fix': {
      'medic diagnose': [diagnosed('ask')],
      'medic ask': [{ approved: true }],
    },
    'the operator declines a fix': {
      'medic diagnose': [diagnosed('ask')],
      'medic ask': [{ approved: false }],
      'medic give-up': [LEFT_IN_PLACE],
    },
    'nobody answers in time': { 'medic diagnose': [diagnosed('ask', 1)] },
    'nothing helps, and not even that can be said': { 'medic give-up': ['InternalError'] },
  };
  return Object.entries(ways).map(
    ([name, way]) => [name, workflow, { [FIRST_TASK[workflow]]: ['StackFailed'], ...way }] as const,
  );
};

/** These states are alike in every workflow (definitions.test.ts). */
const UNFIT: readonly (readonly [string, WorkflowName, Attempts])[] = [
  [
    'a question cannot be put',
    'retire',
    {
      'janitor retire': ['StackFailed'],
      'medic diagnose': [diagnosed('ask')],
      'medic ask': ['InternalError'],
    },
  ],
  [
    'a fix cannot be applied',
    'retire',
    {
      'janitor retire': ['StackFailed'],
      'medic diagnose': [diagnosed('apply')],
      'medic apply': ['FixChanged'],
    },
  ],
];

/** A fix that does not help, then one that is asked about, then none. */
const SEVERAL_ROUNDS: Attempts = {
  recon: ['BuildFailed', 'BuildFailed', 'BuildFailed'],
  'medic diagnose': [diagnosed('apply'), diagnosed('ask')],
  'medic ask': [{ approved: true }],
};

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
  ['a diagnosis that fails', 'deploy', { qa: ['VerificationFailed'], 'medic diagnose': ['InternalError'] }],
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
  ...WORKFLOWS.flatMap(fixes),
  ...UNFIT,
  ['several rounds', 'deploy', SEVERAL_ROUNDS],
  ['a diagnosis fails', 'retire', { 'janitor retire': ['StackFailed'], 'medic diagnose': ['InternalError'] }],
];

const taskPayload = z.object({ executionId: z.string(), taskToken: z.string().default('') });

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
  const players = new Map<string, Play>();
  let stepFunctions: StepFunctions;
  beforeAll(async () => {
    // The runner loads its interpreter with its first workflow, which jest forbids when one of several tests at once has just ended.
    await runScripted(EXECUTIONS.retire, {});
    stepFunctions = await StepFunctions.start(async (functionName, payload) => {
      const { executionId, taskToken } = taskPayload.parse(payload);
      const play = players.get(executionId);
      if (!play) throw new Error(`no script for ${executionId}`);
      const answer: Answer = (approved) => stepFunctions.answer(executionId, taskToken, { approved });
      return play(taskName(functionName, payload), answer);
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
      const script: Script = new Proxy(
        {},
        { get: (_target, task) => async (call: ScriptedCall) => play(String(task), call.answer) },
      );
      const [there, here] = await Promise.all([
        onStepFunctions(),
        runScripted({ ...EXECUTIONS[workflow], id: executionId }, script),
      ]);
      if (there.status !== here.status || here.states.length === 0) {
        throw new Error(`there ${there.status}, here ${here.status}: ${here.failure}`);
      }
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
