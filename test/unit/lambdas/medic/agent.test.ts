import { describe, expect, test } from '@jest/globals';
import type { FailureDetail } from '../../../../src/domain/failure.ts';
import type { LogLine } from '../../../../src/domain/log-line.ts';
import { scriptedLanguageModel } from '../../../fixtures/models/scripted-language-model.ts';
import { failingDeploy, mystery } from './failing-deploy.ts';

const startFailed: FailureDetail = {
  code: 'StartFailed',
  message: 'the process exited with code 1',
  hint: 'look at its log',
  logTail: ['Error: listen EADDRINUSE: address already in use :::3000'],
};
const instanceLine = (time: string, text: string): LogLine => ({
  time,
  text,
  source: 'instance',
  name: 'shop-1',
});

describe('the diagnosis', () => {
  test('puts the cause, its proof and the fix on record, with the failure and in the history', async () => {
    const deploy = await failingDeploy();
    await deploy.fails('release', startFailed);
    const diagnosis = {
      cause: 'port_in_use',
      action: 'change_port',
      risk: 'safe',
      parameters: { port: 3000 },
      evidence: [{ line: 2, text: startFailed.logTail[0] }],
    };
    expect((await deploy.execution())?.failure).toMatchObject({ ...startFailed, diagnosis });
    expect((await deploy.deployment())?.failure).toMatchObject({ diagnosis });
    expect(await deploy.history()).toContainEqual(
      expect.objectContaining({
        type: 'decision',
        actor: 'medic',
        data: expect.objectContaining({ cause: 'port_in_use', action: 'change_port', risk: 'safe' }),
      }),
    );
  });

  test('reads the log of the instance, from the execution on', async () => {
    const read = async () => [
      instanceLine('2025-12-31T23:00:00.000Z', 'FATAL: password authentication failed for user "old"'),
      instanceLine('2026-01-01T00:00:30.000Z', "Error: Cannot find module '/app/dist/server.js'\n"),
    ];
    const deploy = await failingDeploy({}, { read });
    await deploy.fails('release', { ...startFailed, logTail: [] });
    expect((await deploy.execution())?.failure?.diagnosis?.cause).toBe('start_entry_missing');
  });

  test('does without a log that cannot be read, and says so', async () => {
    const deploy = await failingDeploy({}, { read: () => Promise.reject(new Error('no such log group')) });
    await deploy.fails('release', startFailed);
    expect((await deploy.execution())?.failure?.diagnosis?.cause).toBe('port_in_use');
    expect(deploy.logged.map(({ text }) => text).join()).toContain('no such log group');
  });

  test('says that it does not know', async () => {
    const deploy = await failingDeploy();
    await deploy.fails('build', mystery);
    expect((await deploy.execution())?.failure?.diagnosis).toMatchObject({
      cause: 'unknown',
      action: 'escalate',
      risk: 'human-only',
    });
  });

  test('asks whoever may know more about the unknown, and then the operator', async () => {
    const model = scriptedLanguageModel({
      diagnosis: { cause: 'network_transient', confidence: 1, evidence: [{ quote: 'hm, it hums' }] },
    });
    const deploy = await failingDeploy({}, { model });
    expect(await deploy.fails('build', mystery)).toMatchObject({ next: 'ask' });
    expect((await deploy.execution())?.failure?.diagnosis).toMatchObject({
      cause: 'network_transient',
      confidence: 0.79,
    });
  });

  test('asks nobody about what the rules know', async () => {
    const deploy = await failingDeploy({}, { model: scriptedLanguageModel({}) });
    expect(await deploy.fails('release', startFailed)).toMatchObject({ finished: true });
  });

  test('is not made of what the operator cancelled', async () => {
    const deploy = await failingDeploy({ cancelRequested: true });
    await deploy.fails('build', startFailed);
    expect((await deploy.execution())?.failure).toMatchObject({ code: 'Cancelled' });
    expect((await deploy.execution())?.failure?.diagnosis).toBeUndefined();
  });
});
