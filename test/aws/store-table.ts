import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import pLimit from 'p-limit';
import { createTableInput } from '../../src/adapters/aws/deployment-store/table.ts';
import { awsDeploymentStore } from '../../src/adapters/aws/deployment-store.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';
import { stillClock } from '../fixtures/still-clock.ts';
import { type Account, openAccount } from './account.ts';
import { type AwsProxy, type Fate, openProxy, type ProxiedCall } from './proxy.ts';

export const TABLE = 'hivemind';

export interface OpenStore {
  readonly account: Account;
  readonly client: DynamoDBClient;
  readonly store: DeploymentStore;
}

/** A store on a table of its own, in an account of its own. */
export async function openStore({ clock = stillClock() }: { clock?: Clock } = {}): Promise<OpenStore> {
  const account = await openAccount();
  const client = oneAtATime(new DynamoDBClient(account.settings));
  await client.send(new CreateTableCommand(createTableInput(TABLE)));
  return { account, client, store: awsDeploymentStore({ client, table: TABLE, clock }) };
}

/** The same store through a proxy that decides about every call. */
export async function storeThroughProxy(
  { account }: OpenStore,
  decide: (call: ProxiedCall) => Fate,
): Promise<{ store: DeploymentStore; proxy: AwsProxy }> {
  const proxy = await openProxy(account, decide);
  const client = oneAtATime(new DynamoDBClient(proxy.account.settings));
  return { store: awsDeploymentStore({ client, table: TABLE, clock: stillClock() }), proxy };
}

/**
 * Calls that are not finished wait for each other. DynamoDB executes every write as a whole; the emulator answers each in a
 * thread of its own, and does not. What lies between two calls of a method is still interleaved with everybody else's calls.
 */
function oneAtATime(client: DynamoDBClient): DynamoDBClient {
  const turn = pLimit(1);
  client.middlewareStack.add((next) => (call) => turn(() => next(call)), {
    step: 'deserialize',
    name: 'oneAtATime',
    priority: 'low',
  });
  return client;
}
