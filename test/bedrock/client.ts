import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { BedrockServer } from './bedrock-server.ts';

/** The SDK's own client; it tries once. Destroy it, or its connections stay. */
export const bedrockClient = (
  { url }: Pick<BedrockServer, 'url'>,
  options: BedrockRuntimeClientConfig = {},
): BedrockRuntimeClient =>
  new BedrockRuntimeClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    ...options,
  });
