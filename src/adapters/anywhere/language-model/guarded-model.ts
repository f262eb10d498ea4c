import {
  type BaseModelConfig,
  type Message,
  Model,
  type ModelStreamEvent,
  type StreamOptions,
} from '@strands-agents/sdk';

export type Answering = (messages: Message[], options: StreamOptions) => AsyncIterable<ModelStreamEvent>;

/** What Strands takes for a model: behind it stand the chain and everything that guards a call. */
export class GuardedModel extends Model {
  readonly #answer: Answering;

  constructor(answer: Answering) {
    super();
    this.#answer = answer;
  }

  override updateConfig(): void {
    throw new TypeError('which model answers is decided for every call');
  }

  override getConfig(): BaseModelConfig {
    return { modelId: 'hivemind' };
  }

  override stream(messages: Message[], options: StreamOptions = {}): AsyncIterable<ModelStreamEvent> {
    return this.#answer(messages, options);
  }

  /** Nothing is compressed by it, and the size of a prompt is limited where it is made. */
  override async countTokens(): Promise<number> {
    return 0;
  }
}
