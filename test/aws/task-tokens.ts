import * as z from 'zod';
import type { WorkflowRunner } from '../../src/ports/workflow-runner.ts';
import type { Fate, ProxiedCall } from './proxy.ts';

const question = z.object({
  action: z.literal('ask'),
  executionId: z.string(),
  taskToken: z.string(),
});
const success = z.object({ taskToken: z.string(), output: z.string() });
const said = z.object({ approved: z.boolean() });

/**
 * The end of Step Functions at which a question is answered: the workflows run in the interpreter, whose task tokens the emulator
 * does not know. A token that was handed out ends its task once.
 */
export class TaskTokens {
  readonly #tasks = new Map<string, { readonly executionId: string; readonly runner: WorkflowRunner }>();
  readonly #used = new Set<string>();

  /** Sees the tokens that functions are called with go by. */
  notice(event: unknown, runner: WorkflowRunner): void {
    const { success: asks, data } = question.safeParse(event);
    if (asks) this.#tasks.set(data.taskToken, { executionId: data.executionId, runner });
  }

  /** Tokens that have ended their task. */
  get used(): number {
    return this.#used.size;
  }

  /** For `openProxy`; undefined for a call that answers nothing. */
  async decide({ service, action, body }: ProxiedCall): Promise<Fate | undefined> {
    if (service !== 'states' || action !== 'SendTaskSuccess') return undefined;
    const { taskToken, output } = success.parse(JSON.parse(body));
    const task = this.#tasks.get(taskToken);
    if (!task) return refusal('InvalidToken');
    if (this.#used.has(taskToken)) return refusal('TaskTimedOut');
    this.#used.add(taskToken);
    await task.runner.answer(task.executionId, taskToken, said.parse(JSON.parse(output)));
    return { status: 200, body: '{}' };
  }
}

const refusal = (name: string): Fate => ({
  status: 400,
  body: JSON.stringify({ __type: name, message: `${name} (served by the test)` }),
});
