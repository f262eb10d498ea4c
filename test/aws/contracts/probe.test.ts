import { describe, expect, test } from '@jest/globals';
import type { Fleet } from '../../../src/adapters/aws/instance-commands.ts';
import { awsProbe } from '../../../src/adapters/aws/probe.ts';
import { probeContract } from '../../contracts/probe.contract.ts';
import { makeGroup } from '../auto-scaling-group.ts';
import { openFleet } from '../instance-fleet.ts';
import type { StandInOptions } from '../instance-stand-in.ts';

const database = { secret: 'hivemind/shop-1/database', computeStack: 'shop-1-compute-blue' };

async function asked(options: StandInOptions, count = 1) {
  const fleet = await openFleet(options);
  await makeGroup(fleet.autoScaling, { name: database.computeStack, count });
  return { outcome: await awsProbe(fleet).sql(database, 100), orders: fleet.orders };
}

describe('probe on AWS', () => {
  // What is looked at over the network needs no fleet.
  probeContract(() => awsProbe(undefined as unknown as Fleet));

  test('has an instance of the application ask the database', async () => {
    const answer = { reached: true, serverVersion: '17.2', milliseconds: 12 };
    const { outcome, orders } = await asked({ answer: () => answer }, 2);
    expect(outcome).toEqual({ reached: true, answer: { serverVersion: '17.2', milliseconds: 12 } });
    expect(orders).toMatchObject([{ verb: 'probe-database', payload: { timeoutMilliseconds: 100 } }]);
  });

  test('passes on why the database is out of reach', async () => {
    const answer = { reached: false, reason: 'connection refused', milliseconds: 3 };
    expect((await asked({ answer: () => answer })).outcome).toEqual(answer);
  });

  test.each([
    ['is silent', { unmanaged: () => true }, 'Systems Manager does not reach it'],
    [
      'knows no database',
      { answer: () => Promise.reject(new Error('there is no secret')) },
      'there is no secret',
    ],
  ])('says that an instance %s', async (_, options, reason) => {
    const { outcome } = await asked({ answer: () => ({}), ...options });
    expect(outcome).toMatchObject({ reached: false, reason: expect.stringContaining(reason) });
  });

  test('says that there is no instance', async () => {
    const fleet = await openFleet({ answer: () => ({}) });
    expect(await awsProbe(fleet).sql(database, 100)).toMatchObject({
      reached: false,
      reason: 'there is no running instance to ask it from',
    });
  });
});
