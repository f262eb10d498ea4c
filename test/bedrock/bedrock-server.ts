import type { Fault } from './answer.ts';
import { BedrockService } from './bedrock-service.ts';
import { listen } from './loopback-listener.ts';
import { readScript, type Script } from './script.ts';
import { type ReceivedRequest, type ServedCall, type ServedTotals, ServiceRecord } from './service-record.ts';

export interface BedrockOptions {
  /** @default every model answers well: the tool that takes the answer gets a value of its schema */
  readonly script?: Script;
  /** False: only numbers are kept, for runs that would fill the memory. @default true */
  readonly keepsRequests?: boolean;
}

export interface BedrockServer {
  readonly url: string;
  /** What makes an SDK client in this environment ask this server. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every request, also those that were refused, in the order in which they came. */
  readonly requests: readonly ReceivedRequest[];
  /** What models have worked on and is billed. */
  readonly served: readonly ServedCall[];
  /** How many requests came. */
  readonly received: number;
  /** Of one model, as it was asked for, or of all. */
  totals(modelId?: string): ServedTotals;
  /** What models answer from now on; sequences begin anew. */
  follow(script: Script | undefined): void;
  /** What embedding models do instead of answering from now on. */
  failEmbeddings(fault: Fault | undefined): void;
  /** As if every prompt's time in the cache had run out. */
  forgetPrompts(): void;
  /** Forgets what came and was served. */
  clear(): void;
  /** Waits until requests or what was served are so; rejects when they do not come to be. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * A stand-in for the runtime of Amazon Bedrock that speaks its wire protocol on the loopback interface, over HTTP/1.1 and HTTP/2:
 * Converse, ConverseStream, InvokeModel of embedding models, and CountTokens. It judges requests as the service does, answers by a
 * script, and counts what it has served.
 */
export async function startBedrock(options: BedrockOptions = {}): Promise<BedrockServer> {
  const record = new ServiceRecord(options.keepsRequests ?? true);
  const service = new BedrockService(record);
  const follow = (script: Script | undefined) => {
    service.reader = readScript(script);
  };
  follow(options.script);
  const { url, close } = await listen((exchange) => service.answer(exchange));
  return {
    url,
    environment: environmentOf(url),
    requests: record.requests,
    served: record.served,
    get received() {
      return record.received;
    },
    totals: (modelId) => record.totals(modelId),
    follow,
    failEmbeddings: (fault) => {
      service.embeddingFault = fault;
    },
    forgetPrompts: () => service.prompts.forget(),
    clear: () => record.clear(),
    until: (condition) => record.until(condition),
    close,
  };
}

const environmentOf = (url: string) => ({
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});
