import { describe, expect, test } from '@jest/globals';
import { deployRequest } from '../../../../src/contracts/api.ts';
import { startDeploy } from '../../../../src/operations/start-deploy.ts';
import { commit, conductedAccount, pushEvent } from '../../../fixtures/conducted-account.ts';
import fc from '../../../fixtures/properties.ts';

type Account = ReturnType<typeof conductedAccount>;

const decisions = async ({ store }: Account, deploymentId: string) =>
  (await store.listEvents({ deploymentId }))
    .filter(({ type }) => type === 'decision')
    .map(({ data }) => data['decision']);

describe('a push', () => {
  test('starts an update of what follows the branch and is live, as whoever pushed', async () => {
    const account = conductedAccount();
    const deploymentId = await account.deployed();
    expect(await account.conduct(pushEvent())).toEqual({ finished: true, deployments: 1 });
    expect(account.started).toHaveLength(1);
    const execution = await account.store.findExecution(account.started[0] ?? '');
    expect(execution).toMatchObject({
      deploymentId,
      workflow: 'update',
      actor: 'octocat@github.com',
      unattended: true,
      status: 'RUNNING',
    });
    const start = (await account.store.listEvents({ executionId: execution?.id ?? '' }))[0];
    expect(start?.data).toMatchObject({ push: { commit: commit('a'), branch: 'main', pusher: 'octocat' } });
  });

  test('starts a deploy of what follows the branch and was never live', async () => {
    const account = conductedAccount();
    const request = deployRequest.parse({ source: 'https://github.com/owner/shop', target: 'aws' });
    const { executionId } = await startDeploy(account.ports, request, 'ada@desk');
    await account.finish(executionId, 'FAILED');
    await account.conduct(pushEvent());
    const execution = await account.store.findExecution(account.started[1] ?? '');
    expect(execution).toMatchObject({ workflow: 'deploy', actor: 'octocat@github.com' });
  });

  test('starts nothing twice when it is delivered again, before and after the deploy ended', async () => {
    const account = conductedAccount();
    await account.deployed();
    const event = pushEvent();
    await account.conduct(event);
    await account.conduct(event);
    await account.finish(account.started[0] ?? '');
    await account.conduct(event);
    expect(account.started).toHaveLength(1);
  });

  test('starts nothing twice when the forge delivers it again under another id of the event bus', async () => {
    const account = conductedAccount();
    await account.deployed();
    for (const id of ['1', '2']) await account.conduct(pushEvent({ id, detail: { delivery: 'same' } }));
    expect(account.started).toHaveLength(1);
  });

  test('that was recorded by a conductor which died is started by the next delivery', async () => {
    const account = conductedAccount();
    await account.deployed();
    const { start } = account.ports.runner;
    account.ports.runner.start = () => new Promise(() => undefined);
    const event = pushEvent();
    void account.conduct(event);
    await new Promise(setImmediate);
    expect(account.started).toEqual([]);
    account.ports.runner.start = start;
    await account.conduct(event);
    expect(account.started).toHaveLength(1);
  });

  test('that the engine does not take is started by the next delivery, once', async () => {
    const account = conductedAccount();
    const id = await account.deployed();
    const { start } = account.ports.runner;
    account.ports.runner.start = async () => Promise.reject(new Error('the engine refuses'));
    const event = pushEvent();
    for (let delivery = 0; delivery < 2; delivery += 1) {
      await expect(account.conduct(event)).rejects.toMatchObject({ name: 'InternalError' });
    }
    account.ports.runner.start = start;
    await account.conduct(event);
    await account.conduct(event);
    await account.finish(account.started[0] ?? '');
    await account.conduct(event);
    expect(account.started).toHaveLength(1);
    expect(await decisions(account, id)).toEqual(['not-started', 'not-started']);
    const executions = await account.store.listExecutions({ deploymentId: id });
    expect(executions.map(({ status }) => status).sort()).toEqual([
      'FAILED',
      'FAILED',
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
  });

  test('that failed once it ran is not started by the next delivery', async () => {
    const account = conductedAccount();
    await account.deployed();
    const event = pushEvent();
    await account.conduct(event);
    await account.finish(account.started[0] ?? '', 'FAILED');
    await account.conduct(event);
    expect(account.started).toHaveLength(1);
  });

  test('behind a deploy is started by the next word of its end, when the engine did not take it', async () => {
    const account = conductedAccount();
    await account.deployed();
    const running = await account.deploy();
    await account.conduct(pushEvent());
    const { start } = account.ports.runner;
    account.ports.runner.start = async () => Promise.reject(new Error('the engine refuses'));
    await expect(account.finish(running, 'FAILED')).rejects.toThrow('the engine refuses');
    account.ports.runner.start = start;
    expect(await account.conduct(account.ended(running, 'FAILED'))).toMatchObject({ push: 'started' });
  });

  test('of the commit that is live starts nothing', async () => {
    const account = conductedAccount();
    const id = await account.deployed();
    await account.conduct(pushEvent({ detail: { commit: account.tips['main'] } }));
    expect(account.started).toEqual([]);
    expect(await decisions(account, id)).toEqual(['live']);
  });

  test('of the commit that is being deployed starts nothing', async () => {
    const account = conductedAccount();
    const id = await account.deployed();
    account.tips['main'] = commit('a');
    const running = await account.deploy();
    await account.analyse(running);
    await account.conduct(pushEvent());
    await account.finish(running);
    expect(account.started).toEqual([running]);
    expect(await decisions(account, id)).toEqual(['running']);
  });

  test('keeps what the deployment was deployed with', async () => {
    const account = conductedAccount();
    await account.deployed();
    const known = await account.store.findDeployment('shop');
    await account.conduct(pushEvent());
    const execution = await account.store.findExecution(account.started[0] ?? '');
    expect(execution?.settings).toMatchObject({ source: known?.source, target: 'aws', whatIf: false });
    expect(await account.store.findDeployment('shop')).toMatchObject({ source: known?.source });
  });

  test.each([
    ['another repository', { repository: 'https://github.com/owner/other' }],
    ['the same path on another host', { repository: 'https://example.org/owner/shop' }],
    ['another branch', { ref: 'refs/heads/feature' }],
    ['a tag', { ref: 'refs/tags/main' }],
    ['a note', { ref: 'refs/notes/main' }],
    ['a branch that was deleted', { commit: '0'.repeat(40) }],
    ['a branch that is not the default one', { defaultBranch: 'trunk' }],
  ])('to %s starts nothing', async (_, detail) => {
    const account = conductedAccount();
    await account.deployed();
    expect(await account.conduct(pushEvent({ detail }))).toEqual({ finished: true, deployments: 0 });
    expect(account.started).toEqual([]);
  });

  test.each([
    ['https://github.com/owner/shop', { ref: 'master' }, true],
    ['https://github.com/owner/shop', { ref: 'refs/heads/trunk', defaultBranch: 'refs/heads/trunk' }, true],
    ['https://github.com/owner/shop#release/2', { ref: 'refs/heads/release/2' }, true],
    ['https://github.com/owner/shop#release/2', { ref: 'refs/heads/main' }, false],
    ['https://github.com/owner/shop', { repository: 'git@github.com:owner/shop.git' }, true],
  ])('for %s follows %j: %s', async (source, detail, follows) => {
    const account = conductedAccount();
    await account.deployed({ source });
    await account.conduct(pushEvent({ detail }));
    expect(account.started).toHaveLength(follows ? 1 : 0);
  });

  test.each([
    { repository: '--upload-pack=/bin/sh' },
    { repository: 'ext::sh -c id' },
    { commit: 'main' },
    { commit: undefined },
    { ref: '' },
    { repository: 'x'.repeat(10_000) },
  ])('is refused when it is %j', async (detail) => {
    const account = conductedAccount();
    await account.deployed();
    await expect(account.conduct(pushEvent({ detail }))).rejects.toMatchObject({
      name: expect.stringMatching(/^(InvalidInput|UnsafeSource)$/),
    });
    expect(account.started).toEqual([]);
  });

  test('of what only the operator can fetch says what to do about it', async () => {
    const account = conductedAccount();
    const id = await account.deployed({ source: 'git@github.com:owner/shop.git' });
    await account.conduct(pushEvent());
    expect(account.started).toEqual([]);
    const [noted] = (await account.store.listEvents({ deploymentId: id })).slice(-1);
    expect(noted).toMatchObject({
      data: { decision: 'refused' },
      message: expect.stringContaining('https://'),
    });
  });

  test('by a hostile name is shown without its controls', async () => {
    const account = conductedAccount();
    await account.deployed();
    await account.conduct(pushEvent({ detail: { pusher: 'a\u001b[31m\n"$(id)' } }));
    const execution = await account.store.findExecution(account.started[0] ?? '');
    expect(execution?.actor).toMatch(/^[\w.+-]+@github\.com$/);
  });

  test('reaches every deployment of the repository, also when one cannot be started', async () => {
    const account = conductedAccount();
    await account.deployed({ name: 'shop' });
    await account.deployed({ name: 'canary' });
    await account.deployed({ name: 'other', source: 'https://github.com/owner/other' });
    const { start } = account.ports.runner;
    let calls = 0;
    account.ports.runner.start = async (...given) => {
      calls += 1;
      if (calls === 1) throw new Error('the engine refuses');
      await start(...given);
    };
    await expect(account.conduct(pushEvent())).rejects.toMatchObject({ name: 'InternalError' });
    expect(calls).toBe(2);
    expect(account.started).toHaveLength(1);
  });

  test('leaves a deployment alone that is being destroyed', async () => {
    const account = conductedAccount();
    const deploymentId = await account.deployed();
    await account.store.createExecution({
      id: 'destroy-1',
      deploymentId,
      deploymentName: 'shop',
      workflow: 'destroy',
      status: 'RUNNING',
      settings: { snapshot: true },
      startedAt: account.clock.now(),
      endedAt: null,
      actor: 'ada@desk',
      cancelRequested: false,
    });
    await account.store.acquireLock(deploymentId, 'destroy-1', 60);
    await account.conduct(pushEvent());
    await account.store.updateDeployment(deploymentId, { status: 'DESTROYED' });
    await account.conduct(account.ended('destroy-1', 'SUCCEEDED'));
    expect(account.started).toEqual([]);
    expect(await decisions(account, deploymentId)).toEqual(['refused']);
  });
});

describe('CodeCommit', () => {
  const event = (detail: object) => ({
    id: 'cc-1',
    source: 'aws.codecommit',
    'detail-type': 'CodeCommit Repository State Change',
    time: '2026-01-01T00:00:01Z',
    region: 'eu-west-1',
    detail: {
      event: 'referenceUpdated',
      repositoryName: 'shop',
      referenceType: 'branch',
      referenceName: 'main',
      commitId: commit('a'),
      callerUserArn: 'arn:aws:sts::123456789012:assumed-role/dev/ada',
      ...detail,
    },
  });
  const source = 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop';

  test('starts what follows its repository', async () => {
    const account = conductedAccount();
    await account.deployed({ source });
    await account.conduct(event({}));
    expect(account.started).toHaveLength(1);
    const execution = await account.store.findExecution(account.started[0] ?? '');
    expect(execution?.actor).toBe('ada@git-codecommit.eu-west-1.amazonaws.com');
  });

  test.each([
    { event: 'referenceDeleted', commitId: undefined },
    { referenceType: 'tag' },
    { event: 'commentOnCommitCreated', referenceType: undefined, referenceName: undefined },
    { repositoryName: 'other' },
  ])('starts nothing for %j', async (detail) => {
    const account = conductedAccount();
    await account.deployed({ source });
    await account.conduct(event(detail));
    expect(account.started).toEqual([]);
  });
});

describe('pushes while a deploy runs', () => {
  test('wait, and only the newest starts when it has ended', async () => {
    const account = conductedAccount();
    const id = await account.deployed();
    const running = await account.deploy();
    for (const digit of ['a', 'b', 'c']) {
      account.tips['main'] = commit(digit);
      await account.conduct(pushEvent({ detail: { commit: commit(digit) } }));
      if (digit === 'a') await account.analyse(running);
    }
    expect(account.started).toEqual([running]);
    expect(await account.finish(running)).toMatchObject({ push: 'started' });
    expect(account.started).toHaveLength(2);
    await account.finish(account.started[1] ?? '');
    expect(account.started).toHaveLength(2);
    const releases = await account.store.listReleases(id);
    const live = (await account.store.findDeployment(id))?.liveRelease;
    expect(releases.find(({ number }) => number === live)?.commit).toBe(commit('c'));
  });

  test('start nothing when the deploy that ended has them', async () => {
    const account = conductedAccount();
    await account.deployed();
    const running = await account.deploy();
    account.tips['main'] = commit('a');
    await account.conduct(pushEvent());
    expect(await account.finish(running)).toMatchObject({ push: 'live' });
    expect(account.started).toEqual([running]);
  });

  test('start also when the deploy that ran has failed', async () => {
    const account = conductedAccount();
    await account.deployed();
    const running = await account.deploy();
    await account.conduct(pushEvent());
    expect(await account.finish(running, 'FAILED')).toMatchObject({ push: 'started' });
  });
});

/** What a branch goes through: pushes arrive in any order and more than once, deploys end well or not. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('push' as const), digit: fc.constantFrom(...'abcd') }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), well: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settle again' as const), which: fc.nat(20) }) },
);

test('whatever happens: one deploy at a time, one per push, and in the end the tip was deployed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const account = conductedAccount();
      await account.deployed();
      const pushed: ReturnType<typeof pushEvent>[] = [];
      const ended: string[] = [];
      const end = async (well: boolean) => {
        for (const executionId of [...account.running]) {
          ended.push(executionId);
          await account.finish(executionId, well ? 'SUCCEEDED' : 'FAILED');
        }
      };
      for (const [index, action] of steps.entries()) {
        if (action.do === 'push') {
          account.tips['main'] = commit(action.digit);
          pushed.push(
            pushEvent({ id: `p${index}`, second: index, detail: { commit: commit(action.digit) } }),
          );
        } else if (action.do === 'deliver') {
          const event = pushed[action.which % Math.max(1, pushed.length)];
          if (event) await account.conduct(event);
        } else if (action.do === 'end') await end(action.well);
        else {
          const again = ended[action.which % Math.max(1, ended.length)];
          if (again) await account.conduct(account.ended(again, 'SUCCEEDED'));
        }
        expect(account.running.size).toBeLessThanOrEqual(1);
        for (const executionId of account.running) await account.analysedCommit(executionId);
      }
      for (const event of pushed) await account.conduct(event);
      while (account.running.size > 0) await end(true);
      expect(new Set(account.started).size).toBe(account.started.length);
      expect(account.started.length).toBeLessThanOrEqual(pushed.length);
      const last = account.started.at(-1);
      if (last !== undefined) expect(await account.analysedCommit(last)).toBe(account.tips['main']);
      const before = account.started.length;
      for (const event of pushed) await account.conduct(event);
      expect(account.started.length).toBe(before);
    }),
    { numRuns: 150 },
  );
});

test('a push that comes while the end of a deploy is put on record is not lost, however the two interleave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      let interleaved = false;
      const account = conductedAccount(
        (store) =>
          Object.fromEntries(
            Object.entries(store).map(([name, method]) => [
              name,
              async (...given: never[]) => {
                if (interleaved) await scheduler.schedule(Promise.resolve(), name);
                return (method as (...given: never[]) => unknown)(...given);
              },
            ]),
          ) as unknown as typeof store,
      );
      await account.deployed();
      const running = await account.deploy();
      await account.analyse(running);
      account.tips['main'] = commit('a');
      await account.endWorkflow(running);
      interleaved = true;
      const push = pushEvent();
      const all = Promise.allSettled([
        account.conduct(push),
        account.conduct(account.ended(running, 'SUCCEEDED')),
        account.conduct(push),
        account.conduct(account.ended(running, 'SUCCEEDED')),
      ]);
      await scheduler.waitFor(all);
      expect(account.started.filter((id) => id !== running)).toHaveLength(1);
      expect((await all).map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
    }),
    { numRuns: 200 },
  );
});
