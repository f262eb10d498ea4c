import { describe, expect, test } from '@jest/globals';
import type { FailureDetail } from '../../../../src/domain/failure.ts';
import { attacksOn } from '../../../fixtures/models/attacks.ts';
import { noAnswer, scriptedLanguageModel } from '../../../fixtures/models/scripted-language-model.ts';
import { failingDeploy } from './failing-deploy.ts';

const riddle = (...logTail: readonly string[]): FailureDetail => ({
  code: 'BuildFailed',
  message: 'it failed',
  hint: 'look at its log',
  logTail,
});
const LOG = ['starting', 'the flux is out of phase', 'hm, it hums'];
const named = {
  cause: 'disk_full',
  confidence: 0.95,
  evidence: [{ quote: 'the flux is out of phase' }, { quote: 'no such line' }],
};

/** A deploy whose build fails with this log, diagnosed with the help of a model. */
async function diagnosed(answer: object, log: readonly string[] = LOG) {
  const model = scriptedLanguageModel({ diagnosis: answer });
  const deploy = await failingDeploy({}, { model });
  const { next } = await deploy.fails('build', riddle(...log));
  const decision = (await deploy.history()).find(({ type }) => type === 'decision');
  const diagnosis = (await deploy.execution())?.failure?.diagnosis;
  return { deploy, model, next, decision, diagnosis, fixes: await deploy.fixes() };
}
const byRules = async (log: readonly string[]) =>
  (await diagnosed(noAnswer('not-configured'), log)).diagnosis;

describe('a failure that rules cannot name', () => {
  test('gets a cause that a model names, with an action of the taxonomy and nothing else', async () => {
    const { diagnosis, decision, model } = await diagnosed(named);
    expect(diagnosis).toEqual({
      ...(await byRules(LOG)),
      cause: 'disk_full',
      confidence: 0.79,
      action: 'increase_disk',
      risk: 'needs-approval',
    });
    expect(decision).toMatchObject({
      actor: 'medic',
      message: expect.stringMatching(
        / \(disk_full, 79 %\): .*; a model named the cause \(bedrock:scripted\)$/,
      ),
      data: {
        level: 'primary',
        model: 'bedrock:scripted',
        cached: 'no',
        confidence: 0.79,
        evidence: ['log:3'],
      },
    });
    expect(model.questions[0]).toMatchObject({
      agent: 'medic',
      kind: 'diagnosis',
      deploymentId: 'shop-abc234',
    });
    expect(model.questions[0]?.instructions).not.toContain('flux');
  });

  test('is asked about in our words, which say whose judgement it is', async () => {
    const slow = { ...named, cause: 'app_slow_start' };
    const { fixes, next } = await diagnosed(slow);
    expect(next).toBe('ask');
    expect(fixes).toMatchObject([
      {
        isAsked: true,
        does: expect.stringMatching(/^give the application \d+ s to start$/),
        explanation: expect.stringMatching(
          /^the application was still starting .*, as a model reads the log \(bedrock:scripted\): it failed$/,
        ),
      },
    ]);
  });

  test.each([
    ['no model answers', noAnswer('budget'), { level: 'rules', reason: 'budget' }],
    ['the model does not know either', { ...named, cause: 'unknown' }, { level: 'primary' }],
    ['the model is unsure', { ...named, confidence: 0.5 }, { level: 'rules' }],
    ['no line shows the cause', { ...named, evidence: [{ quote: 'no such line' }] }, { level: 'rules' }],
  ])('stays unknown when %s, and that is on record', async (_, answer, data) => {
    const { diagnosis, decision, next } = await diagnosed(answer);
    expect(diagnosis).toEqual(await byRules(LOG));
    expect(diagnosis?.cause).toBe('unknown');
    expect(decision?.data).toMatchObject(data);
    expect(next).toBe('give-up');
  });

  test.each(['hum', 'out of', 'starting up'])(
    'is not proved by %j, which is no line of the log',
    async (quote) => {
      const log = [...LOG, 'starting up again'];
      const { diagnosis } = await diagnosed({ ...named, evidence: [{ quote }] }, log);
      expect(diagnosis).toEqual(await byRules(log));
    },
  );

  test('may be proved by a short line, where that is the whole of it', async () => {
    const log = ['starting up', ...LOG];
    const { decision } = await diagnosed({ ...named, evidence: [{ quote: 'starting' }] }, log);
    expect(decision?.data).toMatchObject({ level: 'primary', evidence: ['log:3'] });
  });

  test('says in the log what does not count', async () => {
    const { deploy } = await diagnosed({ ...named, evidence: [] });
    expect(deploy.logged.map(({ text }) => text)).toEqual([
      'what a model said does not count: the cause disk_full: no line of the log shows it',
    ]);
  });

  test('is shown to a model by its end', async () => {
    const { model } = await diagnosed(named, ['first line', 'x'.repeat(70_000), ...LOG]);
    const log = model.questions[0]?.data.find(({ name }) => name === 'log')?.text ?? '';
    expect(log.length).toBeLessThanOrEqual(60_000);
    expect(log).toContain('hm, it hums');
    expect(log).not.toContain('first line');
  });
});

test.each(attacksOn('medic').map((attack) => [attack.attack, attack] as const))(
  'at worst a cause is named when %s',
  async (_, { answer, log, expected, action, secret, mustNotSay }) => {
    const rules = await byRules(log);
    const { diagnosis, decision, fixes, next, deploy } = await diagnosed(answer, log);
    const { evidence, parameters } = rules ?? {};
    expect(diagnosis).toMatchObject({ evidence, parameters });
    expect(diagnosis?.confidence).toBeLessThan(0.8);
    expect(next).not.toBe('apply');
    if (expected === 'unknown') expect(diagnosis).toEqual(rules);
    else expect(diagnosis?.cause).not.toBe('unknown');
    if (action !== undefined) expect(diagnosis?.action).toBe(action);
    const decided = [decision, fixes.map(({ evidence: _log, ...fix }) => fix), deploy.told];
    for (const part of mustNotSay) expect(JSON.stringify(decided)).not.toContain(part);
    if (secret !== undefined) expect(JSON.stringify([decided, diagnosis, fixes])).not.toContain(secret);
  },
);
