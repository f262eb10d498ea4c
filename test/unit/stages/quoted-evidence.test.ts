import { describe, expect, test } from '@jest/globals';
import { isTelling, quotedLines, shownLines } from '../../../src/stages/quoted-evidence.ts';
import fc from '../../fixtures/properties.ts';

const TEXT = 'first\nsecond line\nthird\nsecond line, again\n';

describe('a quotation', () => {
  test('is found in every line that has it', () => {
    expect(quotedLines(TEXT, 'second line')).toEqual([
      { first: 2, last: 2 },
      { first: 4, last: 4 },
    ]);
  });

  test('is looked for near the line that is named', () => {
    expect(quotedLines(TEXT, 'second line', 5)[0]).toEqual({ first: 4, last: 4 });
  });

  test('may go over several lines', () => {
    expect(quotedLines(TEXT, ' second line\nthird ')).toEqual([{ first: 2, last: 3 }]);
  });

  test.each(['', '  ', 'ir', '\u200b\u200b\u200b\u200b', 'Second line', 'second  line'])(
    '%j is in no text',
    (quote) => {
      expect(quotedLines(TEXT, quote)).toEqual([]);
    },
  );

  test('is compared as a model is shown the text', () => {
    expect(quotedLines('a\u200bbc\r\nd\u202eef', 'abc\ndef')).toEqual([{ first: 1, last: 2 }]);
  });

  test.each([
    ['third', true],
    [' third ', true],
    ['line', false],
    ['second', false],
    ['second line', true],
    ['line, again', false],
    ['ond line, again', true],
  ])('%j proves something: %s', (quote, proves) => {
    const lines = shownLines(TEXT);
    const places = quotedLines(TEXT, quote);
    expect(places).not.toEqual([]);
    expect(places.some((place) => isTelling(lines, quote, place))).toBe(proves);
  });

  test('of whole plain lines is found where it was taken', () => {
    const lines = fc.array(fc.stringMatching(/^[a-z]{3,9}$/), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lines, fc.nat(), (all, seed) => {
        const index = seed % all.length;
        const places = quotedLines(all.join('\n'), all[index] ?? '', index + 1);
        expect(places[0]).toEqual({ first: index + 1, last: index + 1 });
      }),
    );
  });
});
