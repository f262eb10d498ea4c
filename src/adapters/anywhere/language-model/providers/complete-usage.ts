import {
  BedrockRuntimeClient,
  type ConverseResponse,
  type ConverseStreamMetadataEvent,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import type { Model, ModelStreamEvent } from '@strands-agents/sdk';

/** Stands for what was not told; `reportedUsage` estimates it then. */
const NOT_TOLD = -1;

/** The usage may be left out of an answer, or parts of it. Strands gives the answer up then, good as it may be. */
export function completeUsage(model: Model): void {
  const client: unknown = Reflect.get(model, '_client');
  if (!(client instanceof BedrockRuntimeClient)) {
    throw new TypeError('the client of Strands is not where it was');
  }
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      // What the type allows besides belongs to commands that Strands does not send.
      const output = result.output as ConverseResponse & { stream?: AsyncIterable<ConverseStreamOutput> };
      if (output.output !== undefined) output.usage = completed(output.usage);
      if (output.stream !== undefined) output.stream = withUsage(output.stream);
      return result;
    },
    { step: 'initialize', name: 'completeUsage' },
  );
  keepCachedTokens(model);
}

/** Of an answer that is no stream Strands leaves out what came from the prompt cache and what was written to it. */
function keepCachedTokens(model: Model): void {
  const name = '_mapBedrockEventToSDKEvent';
  const map: unknown = Reflect.get(model, name);
  if (typeof map !== 'function') throw new TypeError('Strands does not read answers where it did');
  Reflect.set(model, name, (response: ConverseResponse): ModelStreamEvent[] =>
    (Reflect.apply(map, model, [response]) as ModelStreamEvent[]).map((event) =>
      event.type === 'modelMetadataEvent' && event.usage !== undefined
        ? { ...event, usage: { ...cachedTokens(response.usage), ...event.usage } }
        : event,
    ),
  );
}

const cachedTokens = (usage: ConverseResponse['usage']) => ({
  ...(usage?.cacheReadInputTokens !== undefined && { cacheReadInputTokens: usage.cacheReadInputTokens }),
  ...(usage?.cacheWriteInputTokens !== undefined && { cacheWriteInputTokens: usage.cacheWriteInputTokens }),
});

async function* withUsage(
  stream: AsyncIterable<ConverseStreamOutput>,
): AsyncGenerator<ConverseStreamOutput, void> {
  for await (const event of stream) {
    yield event.metadata === undefined ? event : { metadata: withUsageOf(event.metadata) };
  }
}

const withUsageOf = (metadata: ConverseStreamMetadataEvent): ConverseStreamMetadataEvent => ({
  ...metadata,
  usage: completed(metadata.usage),
});

const completed = (usage: ConverseResponse['usage']) => ({
  ...usage,
  inputTokens: usage?.inputTokens ?? NOT_TOLD,
  outputTokens: usage?.outputTokens ?? NOT_TOLD,
  totalTokens: usage?.totalTokens ?? NOT_TOLD,
});
