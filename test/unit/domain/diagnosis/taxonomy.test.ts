import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ACTIONS } from '../../../../src/domain/diagnosis/taxonomy/actions.ts';
import { CAUSES } from '../../../../src/domain/diagnosis/taxonomy/causes.ts';

const taxonomy = JSON.parse(
  await readFile(new URL('../../../fixtures/medic/taxonomy.json', import.meta.url), 'utf8'),
) as {
  causes: { id: string; family: string; default_fix: string; retryable: boolean }[];
  actions: { id: string; risk: string }[];
};

test('the causes are those of the taxonomy, with their usual fixes', () => {
  const known = Object.entries(CAUSES).map(([id, { family, fix, retryable }]) => [
    id,
    family,
    fix,
    retryable,
  ]);
  const given = taxonomy.causes.map((cause) => [cause.id, cause.family, cause.default_fix, cause.retryable]);
  expect(known.sort()).toEqual(given.sort());
});

test('the actions are those of the taxonomy, with their risks', () => {
  const known = Object.entries(ACTIONS).map(([id, { risk }]) => [id, risk]);
  expect(known.sort()).toEqual(taxonomy.actions.map(({ id, risk }) => [id, risk]).sort());
});

test('every cause and action has words for an operator', () => {
  const words = [
    ...Object.values(CAUSES).map(({ meaning }) => meaning),
    ...Object.values(ACTIONS).map(({ does }) => does),
  ];
  const codes = /ROLLBACK_(?:COMPLETE|FAILED)|AUTO_EXPAND/;
  const poor = words.filter(
    (text) =>
      text.length < 10 || text.replace(codes, '').replace('UPDATE_', '').includes('_') || text.endsWith('.'),
  );
  expect(poor).toEqual([]);
});

test('what only a person can do changes nothing', () => {
  const changing = Object.entries(ACTIONS).filter(
    ([, { risk, changes }]) => risk === 'human-only' && changes !== null,
  );
  expect(changing).toEqual([]);
});
