import { readFile } from 'node:fs/promises';
import type { StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';
import type { WorkflowName } from '../../../domain/execution.ts';
import { AGENTS, type AgentName } from '../../../domain/stage.ts';

export type StateMachineDefinition = ConstructorParameters<typeof StateMachine>[0];

/** A Task state and the agent that its `Resource` placeholder names. */
export interface TaskState {
  readonly name: string;
  readonly agent: AgentName;
  readonly timeoutSeconds: number;
  /** The workflow begins, or begins again, with it. */
  readonly isStart: boolean;
}

const FOLDER = new URL('../../../../state-machines/', import.meta.url);

/** Reads a workflow and checks that every Task names an agent and a timeout. @throws {HiveMindError} InternalError */
export async function readStateMachine(workflow: WorkflowName): Promise<{
  readonly definition: StateMachineDefinition;
  readonly tasks: readonly TaskState[];
  /** Names of the Wait states. */
  readonly waits: readonly string[];
}> {
  const text = await readFile(new URL(`${workflow}.asl.json`, FOLDER), 'utf8');
  const machine = machineShape.parse(JSON.parse(text));
  const states = statesOf(machine);
  const names = states.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw brokenWorkflow(workflow, `two states are named "${twice}"`);
  const definition: StateMachineDefinition = JSON.parse(text);
  return {
    definition,
    tasks: states
      .filter(([, { Type, Resource }]) => Type === 'Task' && Resource !== CONDUCTOR_PLACEHOLDER)
      .map(([name, state]) => ({ ...taskOf(name, state), isStart: isStart(machine, name) })),
    waits: states.filter(([, { Type }]) => Type === 'Wait').map(([name]) => name),
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
  readonly TimeoutSeconds?: number | undefined;
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
    TimeoutSeconds: z.number().optional(),
    Branches: z.array(machineShape).optional(),
    Choices: z.array(z.object({ Next: z.string() })).optional(),
  }),
);

const statesOf = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state],
    ...(state.Branches ?? []).flatMap(statesOf),
  ]);

function taskOf(name: string, state: State): Omit<TaskState, 'isStart'> {
  const agent = AGENTS.find((candidate) => state.Resource === placeholderOf(candidate));
  if (!agent) throw brokenWorkflow(name, `"${state.Resource}" names no agent`);
  if (state.TimeoutSeconds === undefined) throw brokenWorkflow(name, 'the Task has no TimeoutSeconds');
  return { name, agent, timeoutSeconds: state.TimeoutSeconds };
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
