import { WORKFLOWS, type WorkflowName } from '../../src/domain/execution.ts';
import { randomFrom } from '../faults/random.ts';
import { tasksOf } from '../faults/tasks.ts';

/** What can happen to a task, or to its calls to AWS. */
export const FAULT_CLASSES = [
  'throttled',
  'time is up',
  'answer lost',
  'server error',
  'partial answer',
  'duplicate',
  'stale read',
  'killed',
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

const RATES = [0.05, 0.1, 0.2] as const;

/** A task of a workflow, by the name that it has in the faults. */
export interface Focus {
  readonly workflow: WorkflowName;
  readonly task: string;
}

/** What goes wrong in the life of one seed. */
export interface FaultPlan {
  readonly seed: number;
  /** The task that is hit for certain, the first time that it is called in its workflow. */
  readonly focus: Focus;
  readonly fault: FaultClass;
  /** Share of all the others that are hit: of calls to AWS, or of calls of tasks. */
  readonly rate: number;
}

/** Tasks that come only when another has failed. */
const AFTER_A_FAILURE = /^(medic|janitor (clean-up|give-back))\b/;
/** Only a fix that somebody has to agree to is asked about: those are in `mended-deploys.test.ts`. */
const ASKS = 'medic ask';

export const comesAfterFailure = (task: string): boolean => AFTER_A_FAILURE.test(task);

/** Every task of every workflow that a life of these faults can come to. */
export async function allFocuses(): Promise<readonly Focus[]> {
  const all = await Promise.all(
    WORKFLOWS.map(async (workflow) =>
      [...new Set(await tasksOf(workflow))].map((task) => ({ workflow, task })),
    ),
  );
  return all.flat().filter(({ workflow, task }) => task !== ASKS && !NEVER.includes(`${workflow}: ${task}`));
}

/** What-if has no change that could go wrong, and a rollback to nothing is part of the local faults. */
const NEVER = ['deploy: provisioner preview', 'deploy: sheriff assess', 'rollback: janitor undo'];

/** A stride without a common divisor with the number of tasks: seeds that follow each other hit tasks of other workflows. */
const STRIDE = 37;

/** Seeds that follow each other have every class of fault in turn, and come to every task before one comes twice. */
export function planOf(seed: number, focuses: readonly Focus[]): FaultPlan {
  const round = Math.floor(seed / focuses.length);
  const focus = focuses[(seed * STRIDE) % focuses.length];
  const fault = FAULT_CLASSES[((seed % focuses.length) + round) % FAULT_CLASSES.length];
  if (!focus || !fault) throw new Error('there are no tasks');
  return { seed, focus, fault, rate: randomFrom(seed).pick(RATES) };
}
