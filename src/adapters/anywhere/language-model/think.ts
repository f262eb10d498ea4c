import { type Agent, MaxTokensError, StructuredOutputError, type Tool } from '@strands-agents/sdk';
import type * as z from 'zod';
import type { ModelFailure } from '../../../domain/models/model-call.ts';
import { QUESTION_KINDS } from '../../../domain/models/question-kind.ts';
import { GuardedModel } from './guarded-model.ts';
import type { Prompt } from './prompt.ts';
import { quietAgent } from './quiet-agent.ts';
import type { Run } from './run.ts';
import type { Steps } from './steps.ts';

/** A run of Strands' agent over the guarded model. */
export interface Thought {
  readonly run: Run;
  readonly prompt: Prompt;
  /** The words of the conversation, oldest first and an even number: what was said before `prompt.data` is answered. */
  readonly said: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  readonly tools: readonly Tool[];
  readonly steps: Steps;
  readonly schema?: z.ZodType;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Lets models think until there is an answer, or none is to be had. What they answered is in `steps`.
 * @returns why there is no answer
 */
export async function think(thought: Thought): Promise<ModelFailure | undefined> {
  const { run, steps } = thought;
  const running = invoke(thought).catch((error: unknown) => failureOf(error, thought));
  // Whatever does not listen to the signal is left behind.
  const over = run.time.over.then((): ModelFailure => run.time.reason());
  const reason = await Promise.race([running, over]);
  return steps.reason ?? reason;
}

async function invoke({
  run,
  prompt,
  said,
  tools,
  steps,
  schema,
}: Thought): Promise<ModelFailure | undefined> {
  if (run.time.signal.aborted) return run.time.reason();
  const agent: Agent = quietAgent({
    model: new GuardedModel((messages, options) => steps.events(messages, options)),
    tools: [...tools],
    systemPrompt: prompt.system,
    toolExecutor: 'sequential',
    ...(schema !== undefined && { structuredOutputSchema: schema }),
  });
  const words = [{ role: 'user' as const, text: prompt.data }, ...said];
  const messages = words.map(({ role, text }) => ({ role, content: [{ text }] }));
  // Not as an option: Strands would join it to a signal of its own, and Node keeps such signals.
  run.time.signal.addEventListener('abort', () => agent.cancel(), { once: true });
  const { stopReason, structuredOutput } = await agent.invoke(merged(messages), {
    // One more than is allowed: the step that is too many says why there is no answer.
    limits: { turns: QUESTION_KINDS[run.kind].maximumSteps + 1 },
  });
  if (stopReason === 'cancelled') return run.time.reason();
  return schema !== undefined && structuredOutput === undefined ? 'invalid-answer' : undefined;
}

function failureOf(error: unknown, { steps, onTrouble, run }: Thought): ModelFailure | undefined {
  if (steps.reason !== undefined) return steps.reason;
  if (run.time.signal.aborted) return run.time.reason();
  // Words that broke off at the limit are still words; an answer that did never comes so far.
  if (error instanceof MaxTokensError) return undefined;
  // It wrote text again after it was told to use the tool.
  if (error instanceof StructuredOutputError) return 'refused';
  onTrouble(error);
  return 'unavailable';
}

interface Words {
  readonly role: 'user' | 'assistant';
  readonly content: readonly { readonly text: string }[];
}

/** Roles have to take turns. */
function merged(messages: readonly Words[]) {
  const turns: { role: Words['role']; content: { text: string }[] }[] = [];
  for (const { role, content } of messages) {
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content: [...content] });
  }
  return turns;
}
