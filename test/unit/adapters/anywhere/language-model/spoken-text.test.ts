import { expect, test } from '@jest/globals';
import { SpokenText } from '../../../../../src/adapters/anywhere/language-model/spoken-text.ts';
import fc from '../../../../fixtures/properties.ts';

/** Said in such pieces, and then the end. */
function said(pieces: readonly string[], secrets: readonly string[] = []): string {
  const spoken = new SpokenText(secrets);
  return pieces.map((piece) => spoken.add(piece)).join('') + spoken.end();
}

test('lines are shown when they are whole, long ones by their words, and none is lost', () => {
  const spoken = new SpokenText();
  expect(spoken.add('The shop ')).toBe('');
  expect(spoken.add('is fine.\nIt is he')).toBe('The shop is fine.\n');
  expect(spoken.add('althy')).toBe('');
  expect(spoken.end()).toBe('It is healthy');
  const words = 'word '.repeat(120);
  expect(spoken.add(`${words}and`)).toBe(words);
  expect(spoken.end()).toBe('and');
});

test('a secret that comes after its name does not come through', () => {
  expect(said(['the password: ', 'hunter2secret'])).not.toContain('hunter2');
});

test.each([
  ['an escape sequence', ['red \x1b[3', '1m text'], /\x1b/],
  ['an address', ['see https://ev', 'il.example/?q=1 now'], /evil/],
  ['an image', ['an ![a](https://ev', 'il.example/p.png) image'], /evil|!\[/],
  ['a tag', ['a <im', 'g src=x onerror=y> tag'], /<img/],
  ['a secret', ['it is hunter2', '-hunter2 there'], /hunter2-/],
  ['what nobody sees', ['a\u200b\u202e', 'b'], /[\u200b\u202e]/],
])('%s does not come through in two halves', (_, pieces, hidden) => {
  expect(said(pieces, ['hunter2-hunter2'])).not.toMatch(hidden);
});

test('what was not shown can be taken back', () => {
  const spoken = new SpokenText();
  spoken.add('this broke o');
  spoken.clear();
  expect(spoken.end()).toBe('');
});

test('however it is cut, plain words stay as they are', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(words, fc.array(fc.nat(200), { maxLength: 20 }), (all, cuts) => {
      const text = all.join(' ');
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
      const pieces = places.slice(1).map((place, at) => text.slice(places[at], place));
      expect(said(pieces)).toBe(text);
    }),
  );
});

test('what has no end is shown in pieces', () => {
  const spoken = new SpokenText();
  expect(spoken.add('x'.repeat(5_000)).length).toBeGreaterThan(0);
});
