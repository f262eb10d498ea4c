import { beforeEach, describe, expect, test } from '@jest/globals';
import { MAX_FIXES } from '../../../../src/domain/fix.ts';
import { fixPolicyOf } from '../../../../src/domain/fix-decision.ts';
import { anExecution } from '../../../contracts/deployment-store.contract.ts';
import { scriptedLanguageModel } from '../../../fixtures/models/scripted-language-model.ts';
import {
  type FailingDeploy,
  failingDeploy,
  missingVariable,
  mystery,
  networkFailure,
} from './failing-deploy.ts';

let deploy: FailingDeploy;
beforeEach(async () => {
  deploy = await failingDeploy();
});

const only = async () => {
  const fixes = await deploy.fixes();
  const [fix] = fixes;
  if (!fix || fixes.length > 1) throw new Error(`${fixes.length} fixes`);
  return fix;
};
const eventTypes = async () => (await deploy.history()).map(({ type }) => type);

describe('a fix that is safe and sure', () => {
  test('is applied without asking, and on record', async () => {
    expect(await deploy.fails('build', networkFailure)).toMatchObject({ finished: true, next: 'apply' });
    expect((await deploy.deployment())?.status).toBe('FIXING');
    expect(await only()).toMatchObject({ round: 1, stage: 'build', status: 'PROPOSED', isAsked: false });
    expect(await deploy.apply()).toMatchObject({ finished: true, pauseSeconds: expect.any(Number) });
    expect(await only()).toMatchObject({ status: 'APPLIED', answer: null });
    expect(await eventTypes()).toEqual(expect.arrayContaining(['fix.proposed', 'fix.applied']));
  });

  test('leaves no failure on a workflow that goes on', async () => {
    await deploy.fails('build', networkFailure);
    await deploy.apply();
    expect(await deploy.execution()).toMatchObject({ resumedAt: deploy.clock.now(), status: 'RUNNING' });
    expect((await deploy.execution())?.failure).toBeUndefined();
    expect((await deploy.deployment())?.failure).toBeUndefined();
  });

  test('is one proposal and one application, however often it is called', async () => {
    await deploy.fails('build', networkFailure);
    await deploy.fails('build', networkFailure);
    const answers = [await deploy.apply(), await deploy.apply()];
    expect(answers[0]).toEqual(answers[1]);
    expect((await eventTypes()).filter((type) => type === 'fix.applied')).toHaveLength(1);
    await only();
  });

  test('that could not be applied leaves the failure that it was for', async () => {
    await deploy.fails('build', networkFailure);
    await deploy.store.updateExecution('deploy-1', { failure: undefined });
    expect(await deploy.giveUp()).toMatchObject({ leaveInPlace: false });
    expect(await only()).toMatchObject({ status: 'CANCELLED' });
    expect((await deploy.execution())?.failure).toMatchObject({ code: networkFailure.code, stage: 'build' });
    expect((await deploy.deployment())?.failure).toMatchObject({ code: networkFailure.code });
  });

  test('pauses longer each time, and ends with what was tried after three', async () => {
    const pauses: unknown[] = [];
    for (let round = 1; round <= MAX_FIXES; round += 1) {
      expect(await deploy.fails('build', networkFailure)).toMatchObject({ next: 'apply' });
      pauses.push((await deploy.apply())['pauseSeconds']);
    }
    expect(pauses).toEqual([...pauses].sort((one, other) => Number(one) - Number(other)));
    expect(new Set(pauses).size).toBe(MAX_FIXES);
    expect(await deploy.fails('build', networkFailure)).toMatchObject({ next: 'give-up' });
    expect(await deploy.giveUp()).toMatchObject({ leaveInPlace: false });
    expect((await deploy.fixes()).map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'FAILED']);
    const hint = (await deploy.execution())?.failure?.hint ?? '';
    expect(hint.match(/it did not help/g)).toHaveLength(MAX_FIXES);
    expect((await deploy.deployment())?.status).toBe('FAILED');
  });
});

describe('a fix that needs the operator', () => {
  test('is asked about, and the deployment waits', async () => {
    expect(await deploy.fails('release', missingVariable)).toMatchObject({
      next: 'ask',
      answerSeconds: 86_400,
    });
    expect((await deploy.deployment())?.status).toBe('AWAITING_FIX');
    expect(await only()).toMatchObject({ isAsked: true, asks: ['STRIPE_KEY'], status: 'PROPOSED' });
    await deploy.ask();
    expect(await only()).toMatchObject({ taskToken: 'token-1' });
    expect(deploy.told.join()).toContain(`hivemind approve ${(await only()).id}`);
    expect(await deploy.store.findLock('shop-abc234')).toMatchObject({ owner: 'deploy-1' });
  });

  test('waits again after a restart without telling it twice', async () => {
    await deploy.fails('release', missingVariable);
    await deploy.ask();
    await deploy.ask('token-2');
    expect(deploy.told).toHaveLength(1);
    expect(await only()).toMatchObject({ taskToken: 'token-2' });
  });

  test.each([true, false])(
    'wakes the workflow up when it was answered before it waited: %s',
    async (approved) => {
      await deploy.fails('release', missingVariable);
      await deploy.answered(await only(), approved);
      await deploy.ask();
      expect(deploy.answers).toEqual([{ taskToken: 'token-1', approved }]);
    },
  );

  test('is applied once it is approved', async () => {
    await deploy.fails('release', missingVariable);
    await expect(deploy.apply()).rejects.toMatchObject({ code: 'FixClosed' });
    await deploy.answered(await only(), true);
    await deploy.apply();
    expect(await only()).toMatchObject({ status: 'APPLIED' });
    expect(await deploy.history()).toContainEqual(
      expect.objectContaining({ type: 'fix.applied', actor: 'ann@desk' }),
    );
  });

  test('leaves everything in place when it is declined', async () => {
    await deploy.fails('release', missingVariable);
    await deploy.answered(await only(), false);
    await expect(deploy.apply()).rejects.toMatchObject({ code: 'FixClosed' });
    expect(await deploy.giveUp()).toMatchObject({ leaveInPlace: true });
    expect((await deploy.deployment())?.status).toBe('FAILED');
    expect((await deploy.execution())?.failure?.hint).toContain('you declined it');
  });

  test('ends unanswered when its time is over, and says how to clean up', async () => {
    await deploy.fails('release', missingVariable);
    expect(await deploy.giveUp()).toMatchObject({ leaveInPlace: true });
    expect(await only()).toMatchObject({ status: 'UNANSWERED' });
    expect(await deploy.history()).toContainEqual(
      expect.objectContaining({ type: 'warning', message: expect.stringContaining('hivemind destroy shop') }),
    );
  });

  test('is cleaned up after when the operator cancels instead', async () => {
    await deploy.fails('release', missingVariable);
    await deploy.store.updateExecution('deploy-1', { cancelRequested: true });
    await deploy.ask();
    expect(deploy.answers).toEqual([{ taskToken: 'token-1', approved: false }]);
    expect(await deploy.giveUp()).toMatchObject({ leaveInPlace: false });
    expect(await only()).toMatchObject({ status: 'CANCELLED' });
  });
});

describe('what HiveMind may do', () => {
  test.each([
    ['safe', missingVariable],
    ['none', missingVariable],
    ['none', networkFailure],
  ] as const)('under the policy %s is not asked about or done', async (fixes, failure) => {
    const { settings } = (await deploy.execution()) ?? {};
    if (!settings || !('source' in settings)) throw new Error('a deploy has a source');
    deploy = await failingDeploy({ settings: { ...settings, fixes } });
    expect(await deploy.fails('release', failure)).toMatchObject({ next: 'give-up' });
    expect(await deploy.fixes()).toEqual([]);
  });

  test('is nothing when the cause is unknown', async () => {
    expect(await deploy.fails('build', mystery)).toMatchObject({ next: 'give-up' });
    expect(await deploy.giveUp()).toMatchObject({ leaveInPlace: false });
    expect((await deploy.deployment())?.status).toBe('FAILED');
  });

  test('is only what was agreed to', async () => {
    await deploy.fails('build', networkFailure);
    const { store } = deploy;
    const fix = await only();
    const forged = {
      ...fix,
      id: `${fix.id.slice(0, -1)}x`,
      change: { plan: { start: 'sh -c evil' } },
      round: 2,
    };
    await store.changeFix('deploy-1', fix.id, 'PROPOSED', { status: 'REJECTED' });
    await store.putFix(forged);
    await expect(deploy.apply()).rejects.toMatchObject({ code: 'FixChanged' });
  });
});

describe('the fix before the failure', () => {
  const approved = async () => {
    await deploy.fails('release', missingVariable);
    await deploy.answered(await only(), true);
    await deploy.apply();
  };
  const statuses = async () => (await deploy.fixes()).map(({ status }) => status);

  test('did not help when the same cause comes back, and is never proposed again', async () => {
    await approved();
    expect(await deploy.fails('release', missingVariable)).toMatchObject({ next: 'give-up' });
    expect(await statuses()).toEqual(['FAILED']);
    expect(await eventTypes()).toContain('fix.concluded');
    expect(await deploy.giveUp()).toMatchObject({ leaveInPlace: true });
  });

  test('stays when only a model says that it did not help', async () => {
    const model = scriptedLanguageModel({
      diagnosis: {
        cause: 'missing_env_var',
        confidence: 0.9,
        evidence: [{ quote: mystery.logTail[0] ?? mystery.message }],
      },
    });
    deploy = await failingDeploy({}, { model });
    await approved();
    await deploy.fails('release', mystery);
    expect((await deploy.execution())?.failure?.diagnosis?.cause).toBe('missing_env_var');
    expect((await statuses())[0]).toBe('APPLIED');
  });

  test('is judged at its own stage: another cause there is another failure', async () => {
    await approved();
    await deploy.fails('release', networkFailure);
    expect(await statuses()).toEqual(['APPLIED', 'PROPOSED']);
    await deploy.giveUp();
    expect(await statuses()).toEqual(['FAILED', 'CANCELLED']);
  });

  test('is not judged by what passes by itself before its stage', async () => {
    await approved();
    expect(await deploy.fails('build', networkFailure)).toMatchObject({ next: 'apply' });
    expect(await statuses()).toEqual(['APPLIED', 'PROPOSED']);
  });

  test('is taken back by a failure before its stage', async () => {
    await approved();
    await deploy.fails('build', mystery);
    expect(await statuses()).toEqual(['FAILED']);
  });

  test('is not judged by a failure from before it', async () => {
    await approved();
    await deploy.begins('build');
    await deploy.diagnose({ Error: 'States.Timeout', Cause: '' });
    expect((await deploy.execution())?.failure).toMatchObject({ code: 'StageTimedOut', stage: 'build' });
  });

  test('is not kept by what is cancelled before it has helped', async () => {
    await approved();
    await deploy.store.updateExecution('deploy-1', { cancelRequested: true });
    await deploy.giveUp();
    expect(await statuses()).toEqual(['CANCELLED']);
  });
});

test('what is replaced in place is put back at once: nobody is asked, and nothing stays', async () => {
  const { settings } = (await deploy.execution()) ?? {};
  if (!settings || !('source' in settings)) throw new Error('a deploy has a source');
  const swap = { steps: [100], bakeSeconds: 0, keepWarmSeconds: 0, rolling: true };
  const update = { ...anExecution(), workflow: 'update', settings: { ...settings, swap } } as const;
  expect(fixPolicyOf(update, 'verify')).toBe('none');
  expect(fixPolicyOf(update, 'roll')).toBe('none');
  expect(fixPolicyOf(update, null)).toBe('none');
  expect(fixPolicyOf(update, 'build')).toBe('ask');
});
