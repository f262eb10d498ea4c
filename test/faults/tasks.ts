import { readFile } from 'node:fs/promises';
import { placeholderOf } from '../../src/adapters/local/workflow/state-machine.ts';
import type { WorkflowName } from '../../src/domain/execution.ts';
import { AGENTS } from '../../src/domain/stage.ts';
import { taskOf } from './mortal-platform.ts';

type TaskParameters = Parameters<typeof taskOf>[1];

interface Machine {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Resource?: string;
  readonly Parameters?: TaskParameters & {
    /** Of a task that waits for an answer: which function is called, and with what. */
    readonly FunctionName?: string;
    readonly Payload?: TaskParameters;
  };
  readonly Branches?: readonly Machine[];
}

/** Names of the tasks of a workflow that agents carry out. */
export async function tasksOf(workflow: WorkflowName): Promise<readonly string[]> {
  const file = new URL(`../../state-machines/${workflow}.asl.json`, import.meta.url);
  return tasksIn(JSON.parse(await readFile(file, 'utf8')) as Machine);
}

const tasksIn = ({ States }: Machine): readonly string[] =>
  Object.values(States).flatMap(({ Resource, Parameters = {}, Branches = [] }) => {
    const { FunctionName = Resource, Payload = Parameters } = Parameters;
    const agent = AGENTS.find((name) => placeholderOf(name) === FunctionName);
    return [...(agent ? [taskOf(agent, Payload)] : []), ...Branches.flatMap(tasksIn)];
  });
