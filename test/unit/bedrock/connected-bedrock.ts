import {
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { afterEach } from '@jest/globals';
import { type BedrockOptions, type BedrockServer, startBedrock } from '../../bedrock/bedrock-server.ts';
import { bedrockClient } from '../../bedrock/client.ts';

export const SONNET = 'global.anthropic.claude-sonnet-5-5';
export const OLDER_SONNET = 'us.anthropic.claude-sonnet-4-20250514-v1:0';

export const HELLO: ConverseCommandInput = {
  modelId: SONNET,
  messages: [{ role: 'user', content: [{ text: 'Hello, how are you?' }] }],
  inferenceConfig: { maxTokens: 500 },
};

const ANSWER_SCHEMA = {
  type: 'object',
  properties: { cause: { type: 'string' }, share: { type: 'number' } },
  required: ['cause', 'share'],
};
export const WITH_ANSWER_TOOL: ConverseCommandInput = {
  ...HELLO,
  toolConfig: {
    tools: [
      { toolSpec: { name: 'read_file', inputSchema: { json: { type: 'object', properties: {} } } } },
      { toolSpec: { name: 'strands_structured_output', inputSchema: { json: ANSWER_SCHEMA } } },
    ],
  },
};

export interface ConnectedBedrock {
  readonly server: BedrockServer;
  converse(input?: Partial<ConverseCommandInput>, signal?: AbortSignal): Promise<ConverseCommandOutput>;
  /** All events; what it throws comes after those that arrived, which are in `arrived`. */
  stream(
    input?: Partial<ConverseCommandInput>,
    arrived?: ConverseStreamOutput[],
  ): Promise<ConverseStreamOutput[]>;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server and a client of it, until the test has ended. */
export async function connectedBedrock(
  options: BedrockOptions = {},
  config: BedrockRuntimeClientConfig = {},
): Promise<ConnectedBedrock> {
  const server = await startBedrock(options);
  const client = bedrockClient(server, config);
  open.push(async () => {
    client.destroy();
    await server.close();
  });
  return {
    server,
    converse: (input = {}, abortSignal) =>
      client.send(new ConverseCommand({ ...HELLO, ...input }), { ...(abortSignal && { abortSignal }) }),
    stream: async (input = {}, arrived = []) => {
      const { stream = [] } = await client.send(new ConverseStreamCommand({ ...HELLO, ...input }));
      for await (const event of stream) arrived.push(event);
      return arrived;
    },
  };
}
