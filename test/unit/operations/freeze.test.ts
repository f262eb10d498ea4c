import { expect, test } from '@jest/globals';
import { freeze } from '../../../src/operations/freeze.ts';
import { resume } from '../../../src/operations/resume.ts';
import { conductedAccount } from '../../fixtures/conducted-account.ts';

test('a freeze refuses new work with who and why, and tells what runs', async () => {
  const account = conductedAccount();
  await account.deployed();
  const running = await account.deploy();
  expect(await freeze(account.ports, 'the database is on fire', 'ada@desk')).toMatchObject({ running: 1 });
  const warnings = (await account.store.listEvents({ executionId: running })).filter(
    ({ type }) => type === 'warning',
  );
  expect(warnings).toMatchObject([
    { actor: 'ada@desk', message: expect.stringContaining('the database is on fire') },
  ]);
  await account.finish(running);
  await expect(account.deploy()).rejects.toMatchObject({
    name: 'Frozen',
    message: expect.stringMatching(/ada@desk.*the database is on fire/),
    hint: expect.stringContaining('hivemind resume'),
  });
});

test('the first of two freezes stays', async () => {
  const { ports, store } = conductedAccount();
  await freeze(ports, 'fire', 'ada@desk');
  expect(await freeze(ports, 'flood', 'bob@desk')).toMatchObject({
    freeze: { reason: 'fire', actor: 'ada@desk' },
  });
  expect(await store.findFreeze()).toMatchObject({ reason: 'fire' });
});

test('resuming lets new work start, and says what had been frozen', async () => {
  const account = conductedAccount();
  await account.deployed();
  await freeze(account.ports, 'fire', 'ada@desk');
  expect(await resume(account.ports, 'bob@desk')).toMatchObject({ freeze: { reason: 'fire' }, running: 0 });
  await account.deploy();
  expect(account.started).toHaveLength(1);
  expect(await resume(account.ports, 'bob@desk')).toMatchObject({ freeze: undefined, running: 1 });
});
