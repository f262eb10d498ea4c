import { readFile } from 'node:fs/promises';
import type { StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';
import type { WorkflowName } from '../../../domain/execution.ts';
import { AGENTS, type AgentName } from '../../../domain/stage.ts';

export type StateMachineDefinition = ConstructorParameters<typeof StateMachine>[0];

/** A Task state and the agent that it calls. */
export interface TaskState {
  readonly name: string;
  readonly agent: AgentName;
  /** Of a call of the agent. */
  readonly timeoutSeconds: number;
  /** The workflow begins, or begins again, with it. */
  readonly isStart: boolean;
  /** Once the agent is called, it waits under a task token until somebody answers. */
  readonly isQuestion: boolean;
}

export interface LocalStateMachine {
  /** As the interpreter can run it. */
  readonly definition: StateMachineDefinition;
  readonly tasks: readonly TaskState[];
  /** Names of the Wait states between two looks at work in progress. */
  readonly waits: readonly string[];
  /** Names of the Wait states whose length the input of the state says. */
  readonly pauses: readonly string[];
}

const FOLDER = new URL('../../../../state-machines/', import.meta.url);

/** Reads a workflow and checks that every Task names an agent and a timeout. @throws {HiveMindError} InternalError */
export async function readStateMachine(workflow: WorkflowName): Promise<LocalStateMachine> {
  const text = await readFile(new URL(`${workflow}.asl.json`, FOLDER), 'utf8');
  const machine = machineShape.parse(JSON.parse(text));
  const states = statesOf(machine);
  const names = states.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw brokenWorkflow(workflow, `two states are named "${twice}"`);
  const definition: StateMachineDefinition = JSON.parse(text, timedByItself);
  const waiting = states.filter(([, { Type }]) => Type === 'Wait');
  return {
    definition,
    tasks: states
      .filter(([, { Type, Resource }]) => Type === 'Task' && Resource !== CONDUCTOR_PLACEHOLDER)
      .map(([name, state]) => ({ ...taskOf(name, state), isStart: isStart(machine, name) })),
    waits: waiting.filter(([, { SecondsPath }]) => SecondsPath === undefined).map(([name]) => name),
    pauses: waiting.filter(([, { SecondsPath }]) => SecondsPath !== undefined).map(([name]) => name),
  };
}

/** A Choice at the beginning leads on to the state with which the work begins. */
function isStart({ StartAt, States }: Machine, name: string): boolean {
  return name === StartAt || (States[StartAt]?.Choices ?? []).some(({ Next }) => Next === name);
}

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
interface State {
  readonly Type: string;
  readonly Resource?: string | undefined;
  readonly Parameters?: { readonly FunctionName?: string | undefined } | undefined;
  readonly TimeoutSeconds?: number | undefined;
  readonly TimeoutSecondsPath?: string | undefined;
  readonly SecondsPath?: string | undefined;
  readonly Branches?: readonly Machine[] | undefined;
  readonly Choices?: readonly { readonly Next: string }[] | undefined;
}

const machineShape: z.ZodType<Machine> = z.lazy(() =>
  z.object({ StartAt: z.string(), States: z.record(z.string(), stateShape) }),
);
const stateShape: z.ZodType<State> = z.lazy(() =>
  z.object({
    Type: z.string(),
    Resource: z.string().optional(),
    Parameters: z.object({ FunctionName: z.string().optional() }).optional(),
    TimeoutSeconds: z.number().optional(),
    TimeoutSecondsPath: z.string().optional(),
    SecondsPath: z.string().optional(),
    Branches: z.array(machineShape).optional(),
    Choices: z.array(z.object({ Next: z.string() })).optional(),
  }),
);

const statesOf = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state],
    ...(state.Branches ?? []).flatMap(statesOf),
  ]);

/** The function is called, and the task waits until somebody answers under its token. */
const WAIT_FOR_TOKEN = 'arn:aws:states:::lambda:invoke.waitForTaskToken';

/** How long an agent may take to put a question. */
const ASK_SECONDS = 120;

/** The longest timer there is: 24 days. */
const LONGEST_TIMER_SECONDS = 2_147_483;

function taskOf(name: string, state: State): Omit<TaskState, 'isStart'> {
  const isQuestion = state.Resource === WAIT_FOR_TOKEN;
  const called = isQuestion ? state.Parameters?.FunctionName : state.Resource;
  const agent = AGENTS.find((candidate) => called === placeholderOf(candidate));
  if (!agent) throw brokenWorkflow(name, `"${called}" names no agent`);
  if (isQuestion) {
    if (state.TimeoutSecondsPath === undefined) throw brokenWorkflow(name, 'it waits without an end');
    return { name, agent, timeoutSeconds: ASK_SECONDS, isQuestion };
  }
  if (state.TimeoutSeconds === undefined) throw brokenWorkflow(name, 'the Task has no TimeoutSeconds');
  return { name, agent, timeoutSeconds: state.TimeoutSeconds, isQuestion };
}

const timedShape = z.looseObject({
  Type: z.literal('Task'),
  Parameters: z.record(z.string(), z.unknown()),
  TimeoutSecondsPath: z.string(),
});

/**
 * The interpreter looks for a `TimeoutSecondsPath` in what `Parameters` has made, where Step Functions looks in the input of the
 * state: so the task is told its time, and keeps it itself.
 */
function timedByItself(_key: string, value: unknown): unknown {
  const timed = timedShape.safeParse(value);
  if (!timed.success) return value;
  const { TimeoutSecondsPath, Parameters, ...state } = timed.data;
  return {
    ...state,
    TimeoutSeconds: LONGEST_TIMER_SECONDS,
    Parameters: { ...Parameters, 'timeoutSeconds.$': TimeoutSecondsPath },
  };
}

/** The placeholder in the ASL files that CDK replaces by the ARN of the agent's function: `${ReconFunctionArn}`. */
export const placeholderOf = (agent: AgentName | 'conductor'): string =>
  `\${${agent.charAt(0).toUpperCase()}${agent.slice(1)}FunctionArn}`;

/** The function that accepts what a console was given; here every execution is on record before its workflow starts. */
export const CONDUCTOR_PLACEHOLDER = placeholderOf('conductor');

const brokenWorkflow = (where: string, why: string): HiveMindError =>
  new HiveMindError('InternalError', `the workflow is broken at "${where}": ${why}`, {
    hint: 'this copy of HiveMind is damaged: install it again',
  });
