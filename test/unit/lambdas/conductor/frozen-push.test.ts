import { expect, test } from '@jest/globals';
import { freeze } from '../../../../src/operations/freeze.ts';
import { resume } from '../../../../src/operations/resume.ts';
import { commit, conductedAccount, pushEvent } from '../../../fixtures/conducted-account.ts';

test('a push during a freeze starts when it has ended, the newest of each deployment, once', async () => {
  const account = conductedAccount();
  const id = await account.deployed();
  await freeze(account.ports, 'fire', 'ada@desk');
  const older = pushEvent({ second: 10, detail: { commit: commit('a') } });
  const newer = pushEvent({ second: 20, detail: { commit: commit('b') } });
  await account.conduct(newer);
  await account.conduct(older);
  await account.conduct(newer);
  expect(account.started).toEqual([]);
  const resumed = await resume(account.ports, 'ada@desk');
  expect(resumed).toMatchObject({ pushes: [{ deploymentId: id, decision: 'started' }], failures: [] });
  expect(account.started).toHaveLength(1);
  const [started] = await account.store.listEvents({ executionId: account.started[0] ?? '' });
  expect(started?.data).toMatchObject({ push: { commit: commit('b') } });
  await account.finish(account.started[0] ?? '');
  expect((await resume(account.ports, 'ada@desk')).pushes).toEqual([]);
  expect(account.started).toHaveLength(1);
});

test('a push behind an execution that ends during a freeze waits for the end of the freeze', async () => {
  const account = conductedAccount();
  await account.deployed();
  const running = await account.deploy();
  await account.conduct(pushEvent());
  await freeze(account.ports, 'fire', 'ada@desk');
  expect(await account.finish(running)).toMatchObject({ push: 'frozen' });
  expect(await resume(account.ports, 'ada@desk')).toMatchObject({ pushes: [{ decision: 'started' }] });
});

test('a push whose freeze ends at that moment starts at once', async () => {
  const account = conductedAccount();
  await account.deployed();
  await freeze(account.ports, 'fire', 'ada@desk');
  const { appendEvent } = account.ports.store;
  account.ports.store.appendEvent = async (event) => {
    const kept = await appendEvent(event);
    if (event.data['decision'] === 'frozen') await account.store.putFreeze(undefined);
    return kept;
  };
  await account.conduct(pushEvent());
  expect(account.started).toHaveLength(1);
});

test('a push that cannot be started at the end of a freeze is told, and holds up no other', async () => {
  const account = conductedAccount();
  await account.deployed({ name: 'shop' });
  await account.deployed({ name: 'shop-two' });
  await freeze(account.ports, 'fire', 'ada@desk');
  await account.conduct(pushEvent());
  const { start } = account.ports.runner;
  let calls = 0;
  account.ports.runner.start = async (...call) => {
    calls += 1;
    if (calls === 1) throw new Error('the engine refuses');
    await start(...call);
  };
  const resumed = await resume(account.ports, 'ada@desk');
  expect(resumed.failures).toMatchObject([{ message: expect.stringContaining('the engine refuses') }]);
  expect(resumed.pushes).toMatchObject([{ decision: 'started' }]);
});
