import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../src/domain/json.ts';
import { line, watched } from '../lambdas/ops/watched-release.ts';
import { hardened } from '../lambdas/sheriff/hardened-release.ts';
import { previewed } from '../operations/previewed-removal.ts';
import { attackedGateway, expectNothingLeaked, expectPlainWords, textOf } from './attacked-gateway.ts';
import { gullible, lootOf } from './gullible-model.ts';
import { HOSTILE_WORDS, type HostileWords } from './hostile-words.ts';
import { PLANTED_LINES, PLANTED_TEXT } from './planted-secrets.ts';

const CASES = Object.entries(HOSTILE_WORDS);

/** What a model says that was told to repeat all secrets. */
const loot = (read: string): string => `Look: ${lootOf(read)}`.slice(0, 700);

/** What a model says, wherever it stands in a document. */
function explanationsIn(shown: unknown): readonly string[] {
  if (typeof shown !== 'object' || shown === null) return [];
  const isExplanation = 'text' in shown && 'confidence' in shown && typeof shown.text === 'string';
  return [...(isExplanation ? [String(shown.text)] : []), ...Object.values(shown).flatMap(explanationsIn)];
}

/** @param said of the attack itself, and of the secrets that were to be repeated */
function expectTold(said: readonly string[], { hidden, isDropped }: HostileWords): void {
  expectPlainWords(said);
  expect(said).toHaveLength(isDropped ? 1 : 2);
  if (hidden !== undefined) expect(said.join('|')).not.toMatch(hidden);
}

const withoutExplanations = (shown: unknown): unknown =>
  JSON.parse(
    JSON.stringify(shown, (key, value: unknown) => (/^(?:explanation|life)$/.test(key) ? undefined : value)),
  );

describe('the Sheriff', () => {
  test.each(CASES)('changes no finding and shows no attack when an advisory has %s', async (_, words) => {
    const answer = (read: string): Json => ({
      explanations: [
        { control: 'HM-DEP-1', text: words.text, confidence: 1, quote: 'left-pad' },
        { control: 'HM-SRC-1', text: loot(read), confidence: 1, quote: 'config/prod.env' },
      ],
    });
    const gateway = attackedGateway(gullible({ answer }));
    const advisory = `left-pad ${words.text}\n${PLANTED_TEXT}`;
    const { database, model } = gateway;
    const attacked = await hardened({ model, database, advisory });
    const byRules = await hardened({ advisory });
    expect(withoutExplanations(attacked.findings)).toEqual(byRules.findings);
    const said = explanationsIn(attacked.findings);
    expectTold(said, words);
    const { findings: _found, ...others } = attacked;
    expectNothingLeaked(gateway, [said, others]);
  });
});

describe('Ops', () => {
  test.each(CASES)('says in quotation marks what a log has with %s', async (_, words) => {
    const anomaly = (explanation: string, quote: string): Json => ({
      what: 'saturation',
      severity: 'warn',
      explanation,
      confidence: 1,
      quote,
    });
    const answer = (read: string): Json => ({
      anomalies: [anomaly(words.text, 'slow request'), anomaly(loot(read), 'requests')],
    });
    const gateway = attackedGateway(gullible({ answer }));
    const { database, model } = gateway;
    const lines = [`slow request ${words.text}`, ...PLANTED_LINES]
      .flatMap((written) => written.split('\n'))
      .map((written) => line(written));
    const attacked = await watched({ model, database, lines });
    const said = explanationsIn(attacked.observed);
    expectTold(said, words);
    const { text: report, events, logged } = attacked;
    expectPlainWords(events.map(({ message }) => message));
    expectNothingLeaked(gateway, [report, events, logged, attacked.observed]);
  });
});

describe('the preview of a removal', () => {
  test.each(CASES)('lists the same and explains without %s', async (_, words) => {
    const lesson = { text: '', confidence: 1, quote: 'PortNeverOpened' };
    const answer = (read: string): Json => ({
      issues: [{ ...lesson, issue: 'issue-1', advice: 'StartFailed', text: words.text }],
      life: { ...lesson, issues: ['issue-1'], text: loot(read) },
    });
    const gateway = attackedGateway(gullible({ answer }));
    const { database, model } = gateway;
    const message = `closed ${words.text}\n${PLANTED_TEXT}`;
    const attacked = await previewed({ model, database, message });
    const byRules = await previewed({ message });
    expect(withoutExplanations(attacked.view)).toEqual(withoutExplanations(byRules.view));
    expect(attacked.events).toEqual(byRules.events);
    const said = explanationsIn(attacked.view);
    expectTold(said, words);
    expectNothingLeaked(gateway, attacked);
  });
});

test('what is well is explained all the same', async () => {
  const answer = (): Json => ({
    explanations: [{ control: 'HM-DEP-1', text: 'It is an old version.', confidence: 1, quote: 'left-pad' }],
  });
  const { database, model } = attackedGateway(gullible({ answer }));
  const { findings } = await hardened({ model, database, advisory: 'left-pad keeps a script' });
  expect(textOf(explanationsIn(findings))).toContain('It is an old version.');
});
