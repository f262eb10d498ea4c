import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { placeholderOf } from '../../src/adapters/local/workflow/state-machine.ts';
import type { WorkflowName } from '../../src/domain/execution.ts';
import { AGENTS } from '../../src/domain/stage.ts';

/** What tells the tasks of one agent apart. */
export const taskParameters = z.object({
  action: z.string().optional(),
  blueprint: z.string().optional(),
  subject: z.string().optional(),
});
type TaskParameters = z.infer<typeof taskParameters>;

/** The name of a task in the faults: its agent, and what that is told to do. */
export const taskOf = (agent: string, { action, blueprint, subject }: TaskParameters): string =>
  [agent, action, blueprint, subject].filter(Boolean).join(' ');

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
