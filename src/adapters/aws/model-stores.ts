import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import { awsAnswerCache } from './answer-cache.ts';
import { awsModelBreakers } from './model-breakers.ts';
import { awsModelLedger } from './model-ledger.ts';

export interface ModelStoresOptions {
  readonly client: DynamoDBClient;
  /** Of the control plane. */
  readonly table: string;
  readonly clock: Clock;
}

/** What the gateway keeps in the control plane's table. */
export const awsModelStores = (options: ModelStoresOptions) => ({
  ledger: awsModelLedger(options),
  breakers: awsModelBreakers(options),
  cache: awsAnswerCache(options),
});
