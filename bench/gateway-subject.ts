/** What the benchmark of the model gateway asks, through the gateway and without it. */
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { Agent, BedrockModel } from '@strands-agents/sdk';
import * as z from 'zod';
import { systemClock } from '../src/adapters/anywhere/clock.ts';
import { languageModel } from '../src/adapters/anywhere/language-model.ts';
import { localAnswerCache } from '../src/adapters/local/answer-cache.ts';
import { localModelBreakers } from '../src/adapters/local/model-breakers.ts';
import { localModelLedger } from '../src/adapters/local/model-ledger.ts';
import { openStateDatabase } from '../src/adapters/local/state-database.ts';
import type { Question } from '../src/ports/language-model.ts';

const MODEL = 'global.anthropic.claude-sonnet-5-5';
const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const MOST_OUTPUT_TOKENS = 1_500;
const INSTRUCTIONS = 'Say why the deployment failed.';
const LOG = 'Error: listen EADDRINUSE: address already in use :::3000\n'.repeat(20);
const ANSWER = z.object({ cause: z.string(), share: z.number() });

/** Asks once; a number makes the question another one than all before. */
export type Ask = (number: number) => Promise<void>;

export interface Subject {
  readonly ask: Ask;
  close(): Promise<void>;
}

const question = (number: number): Question<z.infer<typeof ANSWER>> => ({
  agent: 'medic',
  deploymentId: 'bench',
  kind: 'diagnosis',
  instructions: INSTRUCTIONS,
  data: [{ name: 'log of the build', text: `${LOG}${number}` }],
  answer: ANSWER,
  answerVersion: 1,
});

/** The gateway with the stores of the local platform in a file, and budgets that have room. */
export function gatewaySubject(url: string, databaseFile: string): Subject {
  const database = openStateDatabase(databaseFile);
  const model = languageModel({
    settings: {
      models: { primary: { provider: 'bedrock', id: MODEL }, second: null, cheap: null },
      embedding: null,
      region: REGION,
      budgets: { perDayNanoUsd: 1e15, perDeploymentNanoUsd: 1e15 },
      keepsPrompts: false,
    },
    ledger: localModelLedger({ database, clock: systemClock }),
    breakers: localModelBreakers({ database }),
    cache: localAnswerCache({ database, clock: systemClock }),
    clock: systemClock,
    onAlert: () => undefined,
    onCall: () => undefined,
    environment: {
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
  });
  return {
    ask: async (number) => {
      const reply = await model.ask(question(number));
      if (!reply.answered) throw new Error(`the gateway has no answer: ${reply.reason}`);
    },
    close: async () => {
      await model.close();
      database.close();
    },
  };
}

/** The same question through Strands alone, with an agent for each, as the gateway has it. */
export function strandsSubject(endpoint: string): Subject {
  const model = new BedrockModel({
    modelId: MODEL,
    maxTokens: MOST_OUTPUT_TOKENS,
    stream: false,
    region: REGION,
    clientConfig: { endpoint, credentials: CREDENTIALS, maxAttempts: 1 },
  });
  return {
    ask: async (number) => {
      const agent = new Agent({
        model,
        systemPrompt: INSTRUCTIONS,
        structuredOutputSchema: ANSWER,
        printer: false,
        retryStrategy: null,
      });
      ANSWER.parse((await agent.invoke(`${LOG}${number}`)).structuredOutput);
    },
    close: async () => undefined,
  };
}

/** The same question through the SDK alone. */
export function sdkSubject(endpoint: string): Subject {
  const client = new BedrockRuntimeClient({
    endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  const { $schema: _, ...json } = z.toJSONSchema(ANSWER);
  const tool = { name: 'strands_structured_output', inputSchema: { json: JSON.parse(JSON.stringify(json)) } };
  return {
    ask: async (number) => {
      const { output } = await client.send(
        new ConverseCommand({
          modelId: MODEL,
          system: [{ text: INSTRUCTIONS }],
          messages: [{ role: 'user', content: [{ text: `${LOG}${number}` }] }],
          inferenceConfig: { maxTokens: MOST_OUTPUT_TOKENS },
          toolConfig: { tools: [{ toolSpec: tool }] },
        }),
      );
      ANSWER.parse(output?.message?.content?.[0]?.toolUse?.input);
    },
    close: async () => client.destroy(),
  };
}
