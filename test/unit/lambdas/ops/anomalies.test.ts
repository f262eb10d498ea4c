import { expect, test } from '@jest/globals';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import type { ModelFailure } from '../../../../src/domain/models/model-call.ts';
import { noAnswer, scriptedLanguageModel } from '../../../fixtures/models/scripted-language-model.ts';
import { anomaliesOf, line, metrics, said, saying, sectionOf, watched } from './watched-release.ts';

test('what a model says stands out is shown with the line that shows it, and said to be a model’s', async () => {
  const model = saying(said());
  const { text, events } = await watched({ model });
  expect(sectionOf(text)).toContain(
    '| ! warning | saturation | a model says (70 % sure, bedrock:scripted): "The pool of connections is nearly used up." | the log: "WARN pool: 19 of 20 connections are in use" |',
  );
  expect(events).toMatchObject([
    {
      type: 'warning',
      message: expect.stringMatching(
        /^what stands out: saturation: a model says \(70 % sure, bedrock:scripted\): "/,
      ),
      data: { level: 'primary', confidence: 0.7, anomalies: ['saturation warn'] },
    },
  ]);
  expect(text).not.toContain('## Warnings');
  expect(model.questions).toMatchObject([{ agent: 'ops', kind: 'anomaly', deploymentId: 'shop-abc234' }]);
});

test('a number shows something by its name, once it is more than nothing', async () => {
  const world = await watched({
    model: saying(
      said({ what: 'errors', severity: 'info', quote: 'responses.5xx', explanation: 'A request failed.' }),
      said({ what: 'restarts', quote: 'instances.restarts' }),
      said({ what: 'memory', quote: 'instances.memory' }),
    ),
  });
  expect(anomaliesOf(world)).toMatchObject([{ what: 'errors', evidence: 'responses.5xx: 1' }]);
  expect(world.events).toMatchObject([{ type: 'decision' }]);
  expect(world.logged).toHaveLength(2);
});

test('at most three things stand out, each shown by something else', async () => {
  const lines = ['a slow query ran', 'b slow query ran', 'c slow query ran', 'd slow query ran'];
  const anomalies = ['a slow', 'a slow', 'b slow', 'c slow', 'd slow'].map((quote) => said({ quote }));
  const world = await watched({ model: saying(...anomalies), lines: lines.map((text) => line(text)) });
  expect(anomaliesOf(world)).toHaveLength(3);
});

test('a release is asked about once', async () => {
  const model = saying(said());
  const { act, report } = await watched({ model });
  await act('observe');
  await act('report');
  expect(sectionOf(await report())).toContain('a model says');
  expect(model.questions).toHaveLength(1);
});

test.each<ModelFailure>(['not-configured', 'breaker-open', 'budget'])(
  'without an answer (%s) all is as by rules, and the history says so where a model is configured',
  async (reason) => {
    const model = scriptedLanguageModel({ anomaly: noAnswer(reason) });
    const [byRules, without] = [await watched({}), await watched({ model })];
    expect(without.observed).toEqual(byRules.observed);
    expect(without.observed?.output).toEqual({ sources: ['instance'] });
    expect([without.text, without.logged]).toEqual([byRules.text, []]);
    const message = `no model looked for what stands out (${reason}): rules decided`;
    const said = { type: 'decision', message, data: { level: 'rules', reason } };
    expect(without.events).toMatchObject(reason === 'not-configured' ? [] : [said]);
    expect(byRules.text).not.toContain('What stands out');
  },
);

test('rules alone say what stands out in the numbers of the moment', async () => {
  const { report, numbers } = await watched({});
  numbers.now = async () =>
    metrics({ responses: { '2xx': 150, '3xx': 0, '4xx': 0, '5xx': 50 }, requests: 200 });
  expect(sectionOf(await report())).toContain(
    '| ! warning | errors | by rules: 25.0 % of the requests failed with a status of 500 or above | 5xx 50 of 200 requests |',
  );
});

test('a report is written also when nobody can read the numbers', async () => {
  const { report, numbers, text } = await watched({});
  numbers.now = async () => {
    throw new HiveMindError('InternalError', 'no numbers', { hint: '' });
  };
  expect(await report()).toBe(text);
});
