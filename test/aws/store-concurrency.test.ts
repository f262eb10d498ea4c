import { describe, expect, test } from '@jest/globals';
import type { HiveMindError } from '../../src/domain/errors.ts';
import type { NewEvent } from '../../src/domain/events.ts';
import { aDeployment } from '../contracts/deployment-store.contract.ts';
import { openStore } from './store-table.ts';

const twenty = <T>(make: (index: number) => T): T[] => Array.from({ length: 20 }, (_, index) => make(index));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

const event = (change: Partial<NewEvent> = {}): NewEvent => ({
  deploymentId: 'd',
  executionId: 'x',
  actor: 'hivemind',
  type: 'warning',
  message: 'm',
  data: {},
  ...change,
});

describe('twenty at once', () => {
  test('give a name to one deployment', async () => {
    const { store } = await openStore();
    const outcomes = await Promise.allSettled(
      twenty((index) => store.createDeployment(aDeployment({ id: `shop-${index}` }))),
    );
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refusals.map(({ reason }) => (reason as HiveMindError).code)).toEqual(Array(19).fill('NameTaken'));
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(await store.listDeployments({})).toEqual([aDeployment({ id: `shop-${winner}` })]);
    expect((await store.findDeployment('shop'))?.id).toBe(`shop-${winner}`);
  });

  test('record one deployment once', async () => {
    const { store } = await openStore();
    await Promise.all(twenty(() => store.createDeployment(aDeployment())));
    expect(await store.listDeployments({})).toEqual([aDeployment()]);
  });

  test('change different fields without undoing each other', async () => {
    const { store } = await openStore();
    await store.createDeployment(aDeployment());
    await Promise.all([
      store.updateDeployment('shop-abc234', { status: 'DEPLOYING' }),
      store.updateDeployment('shop-abc234', { url: 'http://shop' }),
      store.updateDeployment('shop-abc234', { liveColor: 'green', liveRelease: 4 }),
    ]);
    expect(await store.findDeployment('shop')).toMatchObject({
      status: 'DEPLOYING',
      url: 'http://shop',
      liveColor: 'green',
      liveRelease: 4,
    });
  });

  test('number twenty releases without gaps, and equal ones once', async () => {
    const { store } = await openStore();
    const release = { deploymentId: 'd', commit: 'c', artifact: 'a', configuration: 'x', createdAt: 'now' };
    const equal = await Promise.all(twenty(() => store.ensureRelease(release)));
    expect(new Set(equal.map(({ number }) => number))).toEqual(new Set([1]));
    const different = await Promise.all(
      twenty((index) => store.ensureRelease({ ...release, commit: `c${index % 10}` })),
    );
    expect([...new Set(different.map(({ number }) => number))].sort((a, b) => a - b)).toEqual(
      upTo(11).slice(1),
    );
    expect(await store.listReleases('d')).toHaveLength(11);
  });

  test('write a history without gaps that nobody reads out of order', async () => {
    const { store } = await openStore();
    const writers = Promise.all(
      twenty((index) => store.appendEvent(event({ executionId: index % 2 === 0 ? 'even' : 'odd' }))),
    );
    const read: number[] = [];
    while (read.length < 20) {
      const news = await store.listEvents({ deploymentId: 'd', after: read.at(-1) ?? 0 });
      read.push(...news.map(({ sequence }) => sequence));
    }
    const written = (await writers).map(({ sequence }) => sequence).sort((a, b) => a - b);
    expect(written).toEqual(upTo(20));
    expect(read).toEqual(upTo(20));
    expect(await store.listEvents({ executionId: 'even' })).toHaveLength(10);
    expect(await store.listEvents({ executionId: 'odd' })).toHaveLength(10);
  });

  test('give a lock to one owner, who keeps it', async () => {
    const { store } = await openStore();
    const held = await Promise.all(twenty((index) => store.acquireLock('d', `owner-${index}`, 60)));
    const winner = `owner-${held.indexOf(undefined)}`;
    expect(held.filter((lock) => lock?.owner === winner)).toHaveLength(19);
    const renewed = await Promise.all(twenty(() => store.acquireLock('d', winner, 60)));
    expect(renewed).toEqual(Array(20).fill(undefined));
  });
});
