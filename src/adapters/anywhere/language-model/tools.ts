import { FunctionTool, type JSONSchema } from '@strands-agents/sdk';
import * as z from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import { cleanText } from '../../../domain/untrusted-text/clean-text.ts';
import { redact } from '../../../domain/untrusted-text/redact.ts';
import type { ProposedAction, ProposingTool, ReadingTool } from '../../../ports/language-model.ts';
import { jsonSchemaText, type Prompt, sha256 } from './prompt.ts';
import { ABORTED, orAborted } from './run-time.ts';

/** What a model has looked up, to see later whether it would find the same. */
export interface ToolRead {
  readonly tool: string;
  /** As it was validated, in JSON. */
  readonly input: string;
  readonly digest: string;
}

const NOT_AVAILABLE = 'not available';
const INVALID_INPUT = 'the input does not fit the schema of this tool';
const NOT_PLAIN =
  'the input has characters that cannot be seen, secrets, or values that you were not shown: propose it in plain text';
const PROPOSED =
  'The operator sees the proposal and decides; nothing has happened yet. Do not say that it has.';

/** A look-up as Strands calls it. Whatever happens in it, the model gets words of ours or data. */
export function readingTool(
  tool: ReadingTool,
  options: {
    readonly prompt: Prompt;
    readonly signal: AbortSignal;
    readonly onRead: (read: ToolRead) => void;
  },
): FunctionTool {
  const { prompt, signal, onRead } = options;
  return new FunctionTool({
    ...specOf(tool),
    callback: async (given) => {
      const input = tool.input.safeParse(given);
      if (!input.success) return INVALID_INPUT;
      const found = await readSafely(tool, input.data, signal);
      if (found === undefined) return NOT_AVAILABLE;
      onRead({ tool: tool.name, input: JSON.stringify(given), digest: sha256(found) });
      return prompt.blockOfTool(`answer of ${tool.name}`, found) || NOT_AVAILABLE;
    },
  });
}

/** Undefined: it threw, or the time was up first. */
export async function readSafely(
  tool: ReadingTool,
  input: unknown,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const found = await orAborted(tool.read(input, signal), signal);
    return found === ABORTED ? undefined : found;
  } catch {
    // Its error may say what nobody outside may know; that there is no answer is all that a model needs.
    return undefined;
  }
}

/** An action as Strands calls it: it is shown to the operator, and nothing else happens. */
export const proposingTool = (tool: ProposingTool, propose: (action: ProposedAction) => void): FunctionTool =>
  new FunctionTool({
    ...specOf(tool),
    callback: (given) => {
      const input = tool.input.safeParse(given);
      if (!input.success) return INVALID_INPUT;
      // What an operator cannot read as it is would not be what they agree to.
      if (!isPlain(input.data)) return NOT_PLAIN;
      propose({ tool: tool.name, input: input.data });
      return PROPOSED;
    },
  });

const PLACEHOLDER = /\[redacted: /;

/** Whether every text in a value is shown as it stands. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return redact(cleanText(value)) === value && !PLACEHOLDER.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every((entry) => entry.every(isPlain));
}

/** The tools of a question as its digest knows them. */
export const toolSpecsText = (tools: readonly (ReadingTool | ProposingTool)[]): string =>
  JSON.stringify(tools.map(({ name, description, input }) => [name, description, jsonSchemaText(input)]));

const specSchema = z.record(z.string(), z.json());

function specOf({ name, description, input }: ReadingTool | ProposingTool) {
  const { $schema: _, ...schema } = specSchema.parse(JSON.parse(jsonSchemaText(input)));
  return { name, description, inputSchema: schema satisfies JsonObject as JSONSchema };
}
