import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ErrorCode, HiveMindError } from '../../src/domain/errors.ts';
import type { DestroyExecution, Execution, WorkflowName } from '../../src/domain/execution.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';
import { anExecution } from '../contracts/deployment-store.contract.ts';
import { HAPPY, runScripted, type Script, taskName } from '../state-machines/scripted-workflow.ts';
import { StepFunctions } from './step-functions.ts';

/** What a task does each time it is called; after the last one it succeeds. */
type Attempts = Readonly<Record<string, readonly (TaskAnswer | ErrorCode)[]>>;

const deployment = anExecution();
const { settings: _, ...fields } = anExecution({ id: 'destroy-1' });
const removal: DestroyExecution = { ...fields, workflow: 'destroy', settings: { snapshot: true } };
const EXECUTIONS: Record<WorkflowName, Execution> = { deploy: deployment, destroy: removal };

const analysed = (facts: Partial<Record<'whatIf' | 'exposed' | 'database', boolean>>): TaskAnswer => ({
  finished: true,
  whatIf: false,
  exposed: true,
  database: true,
  ...facts,
});
const again: TaskAnswer = { finished: false };

const DEPLOY_TASKS = [
  'recon',
  'compiler',
  'provisioner deploy network',
  'provisioner deploy load-balancer',
  'provisioner deploy database',
  'provisioner deploy monitoring',
  'provisioner deploy compute',
  'deployer migrate',
  'deployer release',
  'sheriff harden',
  'qa',
  'ops observe',
  'deployer complete',
];
const DESTROY_TASKS = [
  'plan-removal',
  'remove-compute',
  'remove-monitoring',
  'snapshot',
  'remove-database',
  'remove-load-balancer',
  'remove-network',
  'prove-removal',
].map((action) => `janitor ${action}`);

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
];

/** A script that counts its own attempts. */
function player(attempts: Attempts): (task: string) => TaskAnswer {
  const counts = new Map<string, number>();
  return (task) => {
    const count = counts.get(task) ?? 0;
    counts.set(task, count + 1);
    const answer = attempts[task]?.[count] ?? (attempts[task] ? undefined : HAPPY[task]);
    if (typeof answer === 'string') throw new HiveMindError(answer, 'scripted', { hint: 'none' });
    if (typeof answer === 'object') return answer;
    return task === 'recon' ? analysed({}) : { finished: true };
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
