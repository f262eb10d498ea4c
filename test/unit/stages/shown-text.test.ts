import { expect, test } from '@jest/globals';
import { shownBeginning, shownEnd } from '../../../src/stages/shown-text.ts';

const TOKEN = 'ghp_h8Kq2LmZx7Rt4Wv9Ny3Bc6Df1Gs5Jp0QaTe';
const WORDS = 'word '.repeat(20);

test('a text that is cut in the middle of a secret shows no half of it', () => {
  const text = `${WORDS}${TOKEN} ${WORDS}`;
  for (let at = WORDS.length - 5; at <= WORDS.length + TOKEN.length + 5; at += 1) {
    expect(shownBeginning(text, at)).not.toMatch(/ghp_|h8Kq/);
    expect(shownEnd(text, at)).not.toMatch(/QaTe|Jp0/);
    expect(shownBeginning(text, at).length).toBeLessThanOrEqual(at);
    expect(shownEnd(text, at).length).toBeLessThanOrEqual(at);
  }
});

test('a value whose name was cut away is not shown', () => {
  const text = `${WORDS}password=hunter2horse ${WORDS}`;
  expect(shownEnd(text, WORDS.length + 8)).not.toContain('horse');
});

test('a short text is shown whole', () => {
  expect([shownBeginning('all of it', 100), shownEnd('all of it', 100)]).toEqual(['all of it', 'all of it']);
});
