import type { ModelStreamEvent, Usage } from '@strands-agents/sdk';
import { jsonOrUndefined } from '../../../domain/json.ts';

/** Name of the tool that takes the answer, as Strands calls it. */
export const ANSWER_TOOL = 'strands_structured_output';

export interface ToolUse {
  readonly name: string;
  readonly input: unknown;
}

/** All of what a model wrote in one call. */
export interface ModelAnswer {
  /** As they came, but with an input for every tool that can be parsed. */
  readonly events: readonly ModelStreamEvent[];
  readonly text: string;
  readonly toolUses: readonly ToolUse[];
  readonly stopReason: string;
  /** Undefined where the provider did not say. */
  readonly usage: Usage | undefined;
  readonly outputCharacters: number;
}

/** Stands for what is no JSON: no tool takes it, and the model is told so. */
const NO_JSON = 'this was not valid JSON';

/** Puts the parts of an answer together. */
export class AnswerInProgress {
  outputCharacters = 0;
  #events: ModelStreamEvent[] = [];
  #text = '';
  #toolUses: ToolUse[] = [];
  #stopReason: string | undefined;
  #usage: Usage | undefined;
  #tool: { readonly name: string; input: string } | undefined;

  /** @returns text that was added */
  add(event: ModelStreamEvent): string {
    if (event.type === 'modelContentBlockDeltaEvent') return this.#delta(event);
    if (event.type === 'modelContentBlockStartEvent' && event.start?.type === 'toolUseStart') {
      this.#tool = { name: event.start.name, input: '' };
    }
    if (event.type === 'modelContentBlockStopEvent' && this.#tool !== undefined) this.#endTool(this.#tool);
    if (event.type === 'modelMessageStopEvent') this.#stopReason = event.stopReason;
    if (event.type === 'modelMetadataEvent') this.#usage = event.usage ?? this.#usage;
    this.#events.push(event);
    return '';
  }

  /** Undefined: it broke off before the model had come to its end. */
  whole(): ModelAnswer | undefined {
    if (this.#stopReason === undefined) return undefined;
    return {
      events: this.#events,
      text: this.#text,
      toolUses: this.#toolUses,
      stopReason: this.#stopReason,
      usage: this.#usage,
      outputCharacters: this.outputCharacters,
    };
  }

  #delta(event: Extract<ModelStreamEvent, { type: 'modelContentBlockDeltaEvent' }>): string {
    const { delta } = event;
    if (delta.type === 'toolUseInputDelta') {
      this.outputCharacters += delta.input.length;
      // Held back until it is whole and known to be JSON: Strands gives a run up where it is not.
      if (this.#tool !== undefined) this.#tool.input += delta.input;
      return '';
    }
    this.#events.push(event);
    const text = 'text' in delta ? (delta.text ?? '') : '';
    this.outputCharacters += text.length;
    if (delta.type !== 'textDelta') return '';
    this.#text += text;
    return text;
  }

  #endTool({ name, input }: { readonly name: string; readonly input: string }): void {
    const parsed = input === '' ? {} : (jsonOrUndefined(input) ?? NO_JSON);
    this.#toolUses.push({ name, input: parsed });
    this.#events.push({
      type: 'modelContentBlockDeltaEvent',
      delta: { type: 'toolUseInputDelta', input: JSON.stringify(parsed) },
    });
    this.#tool = undefined;
  }
}
