import { jsonOrUndefined } from '../../src/domain/json.ts';
import type { MessageAnswer } from './answer.ts';
import type { ComposedAnswer, WireBlock } from './composed-answer.ts';
import { eventFrame, type Frame } from './event-frames.ts';
import { Refusal, SERVICE_ERRORS } from './service-error.ts';

/** Characters of one delta. */
const DELTA_CHARACTERS = 16;
/** A model signs its reasoning, so that nobody changes it before it is sent back. */
const SIGNATURE = 'c2lnbmF0dXJl';
const METRICS = { latencyMs: 1 };

type Usage = MessageAnswer['usage'];

/** Body of `Converse`. Refuses, as the service does, to hand on a tool's input that is no JSON. */
export function jsonBody({ blocks, stopReason }: ComposedAnswer, usage: Usage): object {
  const content = blocks.map((block) => jsonBlock(block, stopReason === 'max_tokens'));
  return {
    output: { message: { role: 'assistant', content } },
    stopReason,
    ...(usage !== null && { usage }),
    metrics: METRICS,
  };
}

function jsonBlock(block: WireBlock, isCut: boolean): object {
  if (block.kind === 'text') return { text: block.text };
  if (block.kind === 'reasoning') {
    return { reasoningContent: { reasoningText: { text: block.text, signature: SIGNATURE } } };
  }
  const { id, name, input } = block;
  return { toolUse: { toolUseId: id, name, input: parsedInput(input, isCut) } };
}

function parsedInput(input: string, isCut: boolean): unknown {
  const parsed = jsonOrUndefined(input);
  if (parsed !== undefined) return parsed;
  if (isCut) return {};
  throw new Refusal(SERVICE_ERRORS.invalidToolUse);
}

/** Events of `ConverseStream`. */
export function eventFrames({ blocks, stopReason }: ComposedAnswer, usage: Usage): Frame[] {
  return [
    eventFrame('messageStart', { role: 'assistant' }),
    ...blocks.flatMap(blockFrames),
    eventFrame('messageStop', { stopReason }),
    eventFrame('metadata', { ...(usage !== null && { usage }), metrics: METRICS }),
  ];
}

function blockFrames(block: WireBlock, contentBlockIndex: number): Frame[] {
  const frame = (event: string, payload: object) => eventFrame(event, { contentBlockIndex, ...payload });
  const deltas = (content: string, asDelta: (piece: string) => object) =>
    piecesOf(content).map((piece) => frame('contentBlockDelta', { delta: asDelta(piece) }));
  const stop = frame('contentBlockStop', {});
  if (block.kind === 'text') return [...deltas(block.text, (text) => ({ text })), stop];
  if (block.kind === 'reasoning') {
    const signature = frame('contentBlockDelta', { delta: { reasoningContent: { signature: SIGNATURE } } });
    return [...deltas(block.text, (text) => ({ reasoningContent: { text } })), signature, stop];
  }
  const start = frame('contentBlockStart', { start: { toolUse: { toolUseId: block.id, name: block.name } } });
  return [start, ...deltas(block.input, (input) => ({ toolUse: { input } })), stop];
}

/** Without halves of characters: each piece is JSON of its own. */
function piecesOf(content: string): string[] {
  const characters = [...content];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += DELTA_CHARACTERS) {
    pieces.push(characters.slice(at, at + DELTA_CHARACTERS).join(''));
  }
  return pieces;
}
