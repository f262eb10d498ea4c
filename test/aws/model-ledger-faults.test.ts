import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import { awsModelBreakers } from '../../src/adapters/aws/model-breakers.ts';
import { awsModelLedger } from '../../src/adapters/aws/model-ledger.ts';
import type { BudgetLimit } from '../../src/domain/models/budget.ts';
import type { ModelLedger } from '../../src/ports/model-ledger.ts';
import { modelLedgerAtOnceContract } from '../contracts/model-ledger-at-once.contract.ts';
import { anOpenCall, settled } from '../fixtures/model-call.ts';
import { stillClock } from '../fixtures/still-clock.ts';
import { type Fate, openProxy, type ProxiedCall, throttled } from './proxy.ts';
import { openStore, TABLE } from './store-table.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A table behind a proxy, which also keeps two writes from being executed at the same time. */
async function behind(decide: (call: ProxiedCall) => Fate) {
  const { account } = await openStore();
  const proxy = await openProxy(account, decide);
  closing.push(proxy.close);
  const client = () => new DynamoDBClient(proxy.account.settings);
  const ledger = (clock = stillClock()) => awsModelLedger({ client: client(), table: TABLE, clock });
  const actions = () => proxy.calls.map(({ action }) => action);
  return { client, ledger, actions, calls: proxy.calls };
}

const DAY = 'day:2026-01-01';
const SHOP = 'deployment:shop-abc234';
const BUDGETS: readonly BudgetLimit[] = [
  { key: DAY, limitNanoUsd: 1_000 },
  { key: SHOP, limitNanoUsd: 10_000 },
];

/** Every write is executed and its answer lost; the SDK's second attempt gets through. */
function losing(): (call: ProxiedCall) => Fate {
  const seen = new Set<string>();
  return ({ action, body }) => {
    if (action === 'GetItem' || action === 'Query' || seen.has(body)) return 'pass';
    seen.add(body);
    return 'lose';
  };
}

const refusal = (type: string, detail: object = {}): Fate => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, ...detail }),
});
const IN_THE_WAY = refusal('TransactionCanceledException', {
  Message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
  CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict', Message: 'ongoing' }],
});

/** Every third transaction meets another one. */
function conflicting(): (call: ProxiedCall) => Fate {
  let transactions = 0;
  return ({ action }) => {
    if (action !== 'TransactWriteItems') return 'pass';
    transactions += 1;
    return transactions % 3 === 0 ? IN_THE_WAY : 'pass';
  };
}

async function threeClients(decide: (call: ProxiedCall) => Fate) {
  const { ledger } = await behind(decide);
  return [ledger(), ledger(), ledger()] as const satisfies readonly [ModelLedger, ...ModelLedger[]];
}

describe('the ledger of clients whose transactions meet', () => {
  modelLedgerAtOnceContract(() => threeClients(conflicting()), { callers: 30, runs: 3, callsPerRun: 8 });
});

describe('the ledger of clients whose answers get lost', () => {
  modelLedgerAtOnceContract(() => threeClients(losing()), { callers: 16, runs: 2, callsPerRun: 8 });
});

describe('an answer that is lost after the write', () => {
  test('does not count a call twice, nor take its alerts away', async () => {
    const { ledger, actions } = await behind(losing());
    const troubled = ledger();
    const call = anOpenCall({ costNanoUsd: 900 });
    expect(await troubled.reserve(call, BUDGETS)).toBeUndefined();
    expect((await troubled.budgets([DAY, SHOP])).map((state) => state.reservedNanoUsd)).toEqual([900, 900]);
    const alerts = await troubled.settle(settled(call, { costNanoUsd: 850 }), BUDGETS);
    expect(alerts.map(({ key, percent }) => [key, percent])).toEqual([
      [DAY, 50],
      [DAY, 80],
    ]);
    expect(await troubled.settle(settled(call, { costNanoUsd: 850 }), BUDGETS)).toEqual([]);
    expect(await troubled.budgets([DAY, SHOP])).toEqual([
      { key: DAY, spentNanoUsd: 850, reservedNanoUsd: 0 },
      { key: SHOP, spentNanoUsd: 850, reservedNanoUsd: 0 },
    ]);
    expect(actions().filter((action) => action === 'TransactWriteItems')).toHaveLength(4);
  });

  test('leaves the change of a breaker to the one that made it', async () => {
    const { client } = await behind(losing());
    const breakers = awsModelBreakers({ client: client(), table: TABLE });
    const first = {
      model: 'bedrock:a',
      state: 'closed',
      failures: 1,
      openedAt: null,
      probeUntil: null,
      version: 1,
    } as const;
    expect(await breakers.change(undefined, first)).toBe(true);
    expect(await breakers.change(first, { ...first, failures: 2, version: 2 })).toBe(true);
    expect(await breakers.change(first, { ...first, failures: 3, version: 2 })).toBe(false);
    expect((await breakers.find('bedrock:a'))?.failures).toBe(2);
  });
});

test('an alert that meets a transaction on its budget is handed out all the same', async () => {
  let met = false;
  const { ledger } = await behind(({ action }) => {
    if (action !== 'UpdateItem' || met) return 'pass';
    met = true;
    return refusal('TransactionConflictException');
  });
  const alerts = await ledger().settle(settled(anOpenCall({ costNanoUsd: 500 })), BUDGETS);
  expect(alerts.map(({ percent }) => percent)).toEqual([50]);
  expect(met).toBe(true);
});

test('alerts that nobody got, because whoever settled died, are handed to the next one', async () => {
  let isDead = true;
  const { ledger } = await behind(({ action }) =>
    action === 'UpdateItem' && isDead ? refusal('AccessDeniedException') : 'pass',
  );
  const dying = ledger().settle(settled(anOpenCall({ costNanoUsd: 600 })), BUDGETS);
  await expect(dying).rejects.toMatchObject({ code: 'AccessDenied' });
  isDead = false;
  const next = await ledger().settle(settled(anOpenCall({ id: 'call-2', costNanoUsd: 1 })), BUDGETS);
  expect(next).toEqual([{ key: DAY, limitNanoUsd: 1_000, percent: 50, spentNanoUsd: 601 }]);
});

test('a storm of throttling is outlasted', async () => {
  let count = 0;
  const { ledger } = await behind((call) => {
    count += 1;
    return count % 4 === 0 ? throttled(call) : 'pass';
  });
  const calls = ['a', 'b', 'c'].map((id) => anOpenCall({ id, costNanoUsd: 100 }));
  for (const call of calls) expect(await ledger().reserve(call, BUDGETS)).toBeUndefined();
  for (const call of calls) await ledger().settle(settled(call), BUDGETS);
  expect(await ledger().budgets([DAY])).toEqual([{ key: DAY, spentNanoUsd: 300, reservedNanoUsd: 0 }]);
});

test.each([
  ['ResourceNotFoundException', 'AwsRefused'],
  ['ExpiredTokenException', 'CredentialsExpired'],
  ['AccessDeniedException', 'AccessDenied'],
])('a refusal with %s fails with %s', async (type, code) => {
  const { ledger } = await behind(() => refusal(type));
  await expect(ledger().reserve(anOpenCall(), BUDGETS)).rejects.toMatchObject({ code });
  await expect(ledger().settle(anOpenCall(), BUDGETS)).rejects.toMatchObject({ code });
  await expect(ledger().list({ since: '2026-01-01T00:00:00.000Z' })).rejects.toMatchObject({ code });
});

describe('what it asks of DynamoDB', () => {
  test('is one write for a reservation and one for its end', async () => {
    const { ledger, actions } = await behind(() => 'pass');
    await ledger().reserve(anOpenCall({ costNanoUsd: 100 }), BUDGETS);
    expect(actions()).toEqual(['TransactWriteItems']);
    await ledger().settle(settled(anOpenCall({ costNanoUsd: 100 })), BUDGETS);
    expect(actions().slice(1)).toEqual(['GetItem', 'TransactWriteItems', 'GetItem', 'GetItem']);
  });

  test('is one query a day for a list, less for the newest ones, and one for those of a deployment', async () => {
    const clock = stillClock('2026-01-31T12:00:00.000Z');
    const { ledger, actions } = await behind(() => 'pass');
    const call = anOpenCall({ askedAt: '2026-01-31T10:00:00.000Z' });
    await ledger(clock).record(settled(call, { costNanoUsd: 0 }));
    const asked = async (filter: Parameters<ModelLedger['list']>[0]) => {
      const before = actions().length;
      expect(await ledger(clock).list(filter)).toHaveLength(1);
      return actions().slice(before);
    };
    const since = '2026-01-01T12:00:00.000Z';
    expect(await asked({ since })).toEqual(Array(31).fill('Query'));
    expect(await asked({ since, limit: 1 })).toEqual(Array(8).fill('Query'));
    expect(await asked({ since, deploymentId: 'shop-abc234' })).toEqual(['Query']);
  });
});
