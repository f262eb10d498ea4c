import type { ConverseRequest, Tool } from '@aws-sdk/client-bedrock-runtime';
import { type Answer, structured, text } from './answer.ts';
import { exampleOf } from './example.ts';

/** A request of a conversation as a script sees it. */
export interface ModelRequest {
  /** As it was asked for: model id, inference profile or ARN. */
  readonly modelId: string;
  readonly isStream: boolean;
  readonly body: Omit<ConverseRequest, 'modelId'>;
  /** Everything that the model reads: system, messages and tools. */
  readonly prompt: string;
  /** What tools have answered so far, oldest first. */
  readonly toolResults: readonly string[];
  readonly toolNames: readonly string[];
}

/** What a model answers: always the same; one after the other, and the last one for all that follow; what a function says; or by model. */
export type Script =
  | Answer
  | readonly Answer[]
  | ((request: ModelRequest) => Answer | Promise<Answer>)
  | { readonly byModel: Readonly<Record<string, Script>> };

export type Reader = (request: ModelRequest) => Answer | Promise<Answer>;

/** A script with its places in its sequences. Models that it does not name answer well. */
export function readScript(script: Script | undefined): Reader {
  if (script === undefined) return answerWell;
  if (typeof script === 'function') return script;
  if ('byModel' in script) {
    const readers = new Map(Object.entries(script.byModel).map(([id, part]) => [id, readScript(part)]));
    return (request) => (readers.get(request.modelId) ?? answerWell)(request);
  }
  if ('kind' in script) return () => script;
  let asked = 0;
  return (request) => {
    const answer = script[Math.min(asked, script.length - 1)];
    asked += 1;
    return answer ?? answerWell(request);
  };
}

/** A value of the shape that is asked for, or else a few words. */
function answerWell({ body }: ModelRequest): Answer {
  const tool = answerTool(body);
  return tool === undefined ? text('All is well.') : structured(exampleOf(tool.inputSchema?.json));
}

const ANSWER_TOOL = 'strands_structured_output';

/** The tool that takes the answer of a run. */
export function answerTool({
  toolConfig,
}: Pick<ConverseRequest, 'toolConfig'>): Tool.ToolSpecMember['toolSpec'] | undefined {
  const specs = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => toolSpec ?? []);
  const wanted = toolConfig?.toolChoice?.tool?.name ?? ANSWER_TOOL;
  return specs.find(({ name }) => name === wanted);
}

export function seenBy(modelId: string, isStream: boolean, body: ModelRequest['body']): ModelRequest {
  const blocks = (body.messages ?? []).flatMap(({ content = [] }) => content);
  const specs = (body.toolConfig?.tools ?? []).flatMap(({ toolSpec }) => toolSpec ?? []);
  const toolResults = blocks.flatMap(({ toolResult }) =>
    (toolResult?.content ?? []).map(({ text: words, json }) => words ?? JSON.stringify(json)),
  );
  const system = (body.system ?? []).flatMap((block) => block.text ?? []);
  const words = blocks.flatMap((block) => block.text ?? []);
  const inputs = blocks.flatMap(({ toolUse }) => (toolUse === undefined ? [] : JSON.stringify(toolUse)));
  return {
    modelId,
    isStream,
    body,
    prompt: [
      ...system,
      ...words,
      ...inputs,
      ...toolResults,
      ...specs.map((spec) => JSON.stringify(spec)),
    ].join('\n'),
    toolResults,
    toolNames: specs.flatMap(({ name }) => name ?? []),
  };
}
