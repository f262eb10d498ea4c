import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { BedrockModel, type Model } from '@strands-agents/sdk';
import * as z from 'zod';
import type { ModelReference } from '../../../../domain/models/model-settings.ts';
import { CACHE_TTL } from '../model-request.ts';
import type { Embedded, ModelUse } from '../providers.ts';
import { completeUsage } from './complete-usage.ts';

export interface BedrockProvider {
  model(id: string, use: ModelUse): Model;
  embed(reference: ModelReference, text: string, signal: AbortSignal): Promise<Embedded>;
  close(): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Models of Amazon Bedrock, all over one client, so that they share connections and credentials. */
export function bedrockProvider(region: string | null, environment: Environment): BedrockProvider {
  const client = new BedrockRuntimeClient({
    // The gateway repeats requests itself, and counts them.
    maxAttempts: 1,
    // The gateway's own time limit is always shorter. It also makes requests share a connection.
    requestHandler: { requestTimeout: 0 },
    ...regionOf(region, environment),
    ...endpointOf(environment),
    ...credentialsOf(environment),
  });
  const { requestHandler, credentials, region: regionProvider } = client.config;
  const clientConfig = {
    maxAttempts: 1,
    requestHandler,
    credentials,
    region: regionProvider,
    ...endpointOf(environment),
  };
  return {
    model: (id, use) => modelOver(clientConfig, id, use),
    embed: ({ id }, text, signal) => embedOver(client, id, text, signal),
    close: () => client.destroy(),
  };
}

function modelOver(clientConfig: BedrockRuntimeClientConfig, id: string, use: ModelUse): Model {
  const model = new BedrockModel({
    modelId: id,
    maxTokens: use.maximumOutputTokens,
    stream: use.streams,
    // Written at the price of the TTL that was asked for; a prompt that comes once is not worth writing.
    cacheConfig: {
      strategy: 'auto',
      ttl: CACHE_TTL,
      messagesTTL: use.cachesConversation ? CACHE_TTL : false,
    },
    clientConfig,
  });
  completeUsage(model);
  return model;
}

async function embedOver(
  client: BedrockRuntimeClient,
  id: string,
  text: string,
  signal: AbortSignal,
): Promise<Embedded> {
  const shape = id.includes('cohere') ? COHERE : TITAN;
  const { body } = await client.send(
    new InvokeModelCommand({
      modelId: id,
      contentType: 'application/json',
      accept: 'application/json',
      body: JSON.stringify(shape.request(text)),
    }),
    { abortSignal: signal },
  );
  return shape.answer(JSON.parse(new TextDecoder().decode(body)));
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titanAnswer = z
  .object({ embedding: z.array(z.number()), inputTextTokenCount: z.number().optional() })
  .transform(({ embedding, inputTextTokenCount }) => ({ embedding, inputTokens: inputTextTokenCount }));
const TITAN = {
  request: (text: string) => ({ inputText: text, dimensions: 512, normalize: true }),
  answer: (body: unknown): Embedded => titanAnswer.parse(body),
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const vectors = z.tuple([z.array(z.number())]);
const cohereAnswer = z
  .object({ embeddings: z.union([vectors, z.object({ float: vectors }).transform(({ float }) => float)]) })
  .transform(({ embeddings: [embedding] }) => ({ embedding, inputTokens: undefined }));
const COHERE = {
  // Rather no vector than one of half a text.
  request: (text: string) => ({ texts: [text], input_type: 'clustering', truncate: 'NONE' }),
  answer: (body: unknown): Embedded => cohereAnswer.parse(body),
};

function regionOf(region: string | null, environment: Environment) {
  const known = region ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  return known === undefined ? {} : { region: known };
}

/** The SDK looks into the variables of the process and into profiles itself; these are those that we were given. */
function endpointOf(environment: Environment) {
  const endpoint = environment['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'] ?? environment['AWS_ENDPOINT_URL'];
  return endpoint === undefined ? {} : { endpoint };
}

function credentialsOf(environment: Environment) {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  // A profile has the last word, as in the SDK.
  if (environment['AWS_PROFILE'] !== undefined || !accessKeyId || !secretAccessKey) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
}
