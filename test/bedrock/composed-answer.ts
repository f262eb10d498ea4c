import type { ConverseRequest, StopReason } from '@aws-sdk/client-bedrock-runtime';
import type { MessageAnswer } from './answer.ts';
import { answerTool } from './script.ts';
import { countTokens, firstTokens } from './tokens.ts';

/** A block as it goes over the wire; the input of a tool is text, as a stream has it. */
export type WireBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'tool'; readonly id: string; readonly name: string; readonly input: string };

export interface ComposedAnswer {
  readonly blocks: readonly WireBlock[];
  readonly stopReason: StopReason;
  readonly outputTokens: number;
}

/** What the model says to this request: no longer than it may, and with the right reason for its end. */
export function compose(
  answer: MessageAnswer,
  request: ConverseRequest,
  nextId: () => string,
): ComposedAnswer {
  const limit = request.inferenceConfig?.maxTokens ?? Number.POSITIVE_INFINITY;
  const blocks: WireBlock[] = [];
  let outputTokens = 0;
  for (const block of answer.content.map((part) => wireBlock(part, request, nextId))) {
    const whole = contentOf(block);
    const content = firstTokens(whole, limit - outputTokens);
    outputTokens += countTokens(content);
    if (content.length > 0 || whole.length === 0) blocks.push(withContent(block, content));
    if (content.length < whole.length) return { blocks, stopReason: 'max_tokens', outputTokens };
  }
  const usual = blocks.some(({ kind }) => kind === 'tool') ? 'tool_use' : 'end_turn';
  return { blocks, stopReason: answer.stopReason ?? usual, outputTokens };
}

function wireBlock(
  part: MessageAnswer['content'][number],
  request: ConverseRequest,
  nextId: () => string,
): WireBlock {
  const tool = (name: string, input: string): WireBlock => ({ kind: 'tool', id: nextId(), name, input });
  if ('text' in part) return { kind: 'text', text: part.text };
  if ('reasoning' in part) return { kind: 'reasoning', text: part.reasoning };
  if ('toolUse' in part) return tool(part.toolUse.name, JSON.stringify(part.toolUse.input));
  if ('rawToolUse' in part) return tool(part.rawToolUse.name, part.rawToolUse.input);
  const name = answerTool(request)?.name;
  const value = JSON.stringify(part.structured);
  return name === undefined ? { kind: 'text', text: value } : tool(name, value);
}

const contentOf = (block: WireBlock): string => (block.kind === 'tool' ? block.input : block.text);

const withContent = (block: WireBlock, content: string): WireBlock =>
  block.kind === 'tool' ? { ...block, input: content } : { ...block, text: content };
