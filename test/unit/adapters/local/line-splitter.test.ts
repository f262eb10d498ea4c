import { describe, expect, test } from '@jest/globals';
import { LineSplitter, MAX_LINE_CHARACTERS } from '../../../../src/adapters/local/line-splitter.ts';
import fc from '../../../fixtures/properties.ts';

function linesOf(...chunks: readonly (string | Buffer)[]): readonly string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

/** Cuts into chunks of one to a few bytes, in the rhythm of `sizes`. */
function cut(output: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0, index = 0; start < output.length; index++) {
    const end = start + (sizes[index % sizes.length] ?? 1);
    chunks.push(output.subarray(start, end));
    start = end;
  }
  return chunks;
}

describe('line splitter', () => {
  test('splits at every kind of line end', () => {
    expect(linesOf('one\ntwo\r\nthree\rfour')).toEqual(['one', 'two', 'three', 'four']);
  });

  test('keeps empty lines but adds none', () => {
    expect(linesOf('\n\na\n')).toEqual(['', '', 'a']);
    expect(linesOf('')).toEqual([]);
  });

  test('takes a line end that is cut in two', () => {
    expect(linesOf('one\r', '\ntwo\r', '')).toEqual(['one', 'two']);
  });

  test('joins a character that is cut in two', () => {
    const [first, second] = [Buffer.from('ö').subarray(0, 1), Buffer.from('ö').subarray(1)];
    expect(linesOf('sch', first, second, 'n')).toEqual(['schön']);
  });

  test('breaks a line that never ends', () => {
    const lengths = linesOf('x'.repeat(3 * MAX_LINE_CHARACTERS + 1)).map((line) => line.length);
    expect(lengths).toEqual([MAX_LINE_CHARACTERS, MAX_LINE_CHARACTERS, MAX_LINE_CHARACTERS, 1]);
  });

  test('keeps emoji whole where it breaks', () => {
    const line = `${'x'.repeat(MAX_LINE_CHARACTERS - 1)}🐝`;
    expect(linesOf(line)).toEqual([line.slice(0, -2), '🐝']);
  });

  test('gives the same lines however output is cut', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', '\r\r\n', 'ö', '🐝', '\t', '\0'),
      fc.string({ maxLength: 8 }),
      fc.integer({ min: -2, max: 2 }).map((by) => 'x'.repeat(MAX_LINE_CHARACTERS + by)),
    );
    const output = fc.array(piece, { maxLength: 20 }).map((pieces) => Buffer.from(pieces.join('')));
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1000, max: 20_000 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(output, sizes, (bytes, rhythm) => {
        expect(linesOf(...cut(bytes, rhythm))).toEqual(linesOf(bytes));
      }),
      { numRuns: 50 },
    );
  });
});
