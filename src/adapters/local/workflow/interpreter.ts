import { randomUUID } from 'node:crypto';
import type { StateMachine } from 'aws-local-stepfunctions';
import type { WorkflowName } from '../../../domain/execution.ts';
import type { Entry } from './entry.ts';
import { readStateMachine, type TaskState } from './state-machine.ts';

export type InterpreterRun = ReturnType<StateMachine['run']>;

/** Loaded with the first workflow, not with the program: a start without one is quicker. */
let library: Promise<typeof import('aws-local-stepfunctions')> | undefined;

/** Here the tasks wait for their work themselves, so that a Wait state has little left to wait for. */
const WAIT_MILLISECONDS = 100;

/** What a task puts into the input of the states that follow it. */
export type TaskResult = Record<string, string | number | boolean | null>;

export interface Interpretation {
  readonly workflow: WorkflowName;
  readonly entry: Entry;
  /** Does the work of a Task state. */
  readonly perform: (state: TaskState, event: unknown) => Promise<TaskResult>;
  /** How long every pause before a workflow begins again lasts, instead of what its input says. */
  readonly pauseMilliseconds?: number | undefined;
  /** How long a task that failed waits before every further attempt, instead of what its Retry says. */
  readonly retryMilliseconds?: number | undefined;
}

/** Begins to run a workflow. @throws {HiveMindError} InternalError: its file is broken */
export async function interpret(interpretation: Interpretation): Promise<InterpreterRun> {
  const { workflow, entry, perform, pauseMilliseconds, retryMilliseconds } = interpretation;
  const { definition, tasks, waits, pauses } = await readStateMachine(workflow);
  library ??= import('aws-local-stepfunctions');
  const { StateMachine: Interpreter } = await library;
  const machine = new Interpreter(
    { ...definition, StartAt: entry.startAt ?? definition.StartAt },
    { validationOptions: { noValidate: true } },
  );
  const shortened = pauseMilliseconds === undefined ? [] : pauses.map((name) => [name, pauseMilliseconds]);
  return machine.run(
    { ...entry.input },
    {
      context: { Task: newTokens() },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(
          tasks.map((state) => [state.name, (event: unknown) => perform(state, event)]),
        ),
        waitTimeOverrides: Object.fromEntries([
          ...waits.map((name) => [name, WAIT_MILLISECONDS]),
          ...shortened,
        ]),
        ...(retryMilliseconds !== undefined && {
          retryIntervalOverrides: Object.fromEntries(tasks.map(({ name }) => [name, retryMilliseconds])),
        }),
      },
    },
  );
}

/** `$$.Task`: as in Step Functions every task that asks for its token gets one of its own. */
const newTokens = () => ({
  get Token(): string {
    return randomUUID();
  },
});
