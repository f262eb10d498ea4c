import { describe, expect, test } from '@jest/globals';
import { cleanLine, LINE_LIMIT } from '../../../../src/domain/diagnosis/log/clean-line.ts';
import { LogReader, readLog, readText } from '../../../../src/domain/diagnosis/log/log-reader.ts';
import { anyText } from '../../../fixtures/any-text.ts';
import fc from '../../../fixtures/properties.ts';

const ERROR = 'Error: listen EADDRINUSE: address already in use :::3000';

describe('a line', () => {
  test.each([
    ['colours', `\u001b[31m${ERROR}\u001b[0m`],
    ['ISO times', `2024-03-13T15:45:31.983Z ${ERROR}`],
    ['times with a zone', `2024-03-13 15:45:31.983 +0200 ${ERROR}`],
    ['times in brackets', `[2024-03-13 15:45:31] ${ERROR}`],
    ['a time of day', `05:40:53.148  ${ERROR}`],
    ['a time of syslog', `Nov  4 00:20:04 ${ERROR}`],
    ['a container of compose', `web-1  | ${ERROR}`],
    ['a container and a time', `web_1       | 2024-03-13 15:45:31.983 UTC ${ERROR}`],
    ['a step of BuildKit', `#12 3.456 ${ERROR}`],
    ['seconds of BuildKit', `1175.501 ${ERROR}`],
    ['a stage of a build', `[stage 2/5] ${ERROR}`],
    ['CodeBuild', `[Container] 2024/06/05 02:04:07.161914 ${ERROR}`],
    ['CodeBuild with numbers', `24 | [Container] 2024/06/05 02:04:07.161914 ${ERROR}`],
    ['the marks of a CI', `##[error]${ERROR}`],
    ['what was overwritten', `10 %\r50 %\r${ERROR}`],
    ['Windows', `${ERROR}\r`],
  ])('loses %s', (_, raw) => {
    expect(cleanLine(raw).trim()).toBe(ERROR);
  });

  test('keeps the carriage return that is the trouble itself', () => {
    expect(cleanLine("env: 'bash\r': No such file or directory")).toContain("'bash\\r'");
  });

  test('keeps the columns of stack events and the frames of code', () => {
    expect(cleanLine('RunnerGroup | CREATE_FAILED | no')).toBe('RunnerGroup | CREATE_FAILED | no');
    expect(cleanLine(' 4 |   directUrl = 1')).toContain('directUrl = 1');
  });

  test('shows quotes in JSON as quotes', () => {
    expect(cleanLine("Error: (2002, 'Can\\'t connect to \\'/run/db.sock\\'')")).toContain(
      "Can't connect to '/run/db.sock'",
    );
    expect(cleanLine('{"message":"role \\"shop\\" does not exist"}')).toContain('role "shop" does not exist');
  });

  test('never grows, and stays one line, whatever it is', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 300 }), (raw) => {
        const line = raw.replaceAll('\n', ' ');
        expect(cleanLine(line)).not.toContain('\n');
        // A carriage return inside a word is written in two characters.
        expect(cleanLine(line).length).toBeLessThanOrEqual(line.length + line.split('\r').length);
      }),
    );
  });
});

describe('a log', () => {
  const noise = (lines: number) => Array.from({ length: lines }, (_, index) => `GET /items/${index} 200`);

  test('gives its first error that means something, and the ones after it', () => {
    const { firstError, chain } = readText(
      `npm error Command failed\nmake: *** exit code 1\n${ERROR}\nnpm error code ELIFECYCLE\nnpm error A complete log of this run\nFATAL: second`,
    );
    expect(firstError).toEqual({ number: 3, text: ERROR });
    expect(chain.map(({ number }) => number)).toEqual([6]);
  });

  test('is kept whole when it is short', () => {
    expect(readText('a\nb\n\nc').lines.map(({ number, text }) => [number, text])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, ''],
      [4, 'c'],
    ]);
  });

  test('keeps an error from the middle with what is around it, its end, and numbers of the raw lines', () => {
    const { lines, total } = readText(
      [...noise(5000), 'before', ERROR, '    at listen', ...noise(5000)].join('\n'),
    );
    expect(total).toBe(10_003);
    expect(lines).toContainEqual({ number: 5002, text: ERROR });
    expect(lines).toContainEqual({ number: 5001, text: 'before' });
    expect(lines).toContainEqual({ number: 5003, text: '    at listen' });
    expect(lines.at(-1)?.number).toBe(10_003);
    expect(lines.length).toBeLessThan(1000);
  });

  test('does not depend on where its pieces are cut', async () => {
    const text = [...noise(400), ERROR, ...noise(400)].join('\n');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 20 }), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        async function* pieces() {
          for (const [index, place] of places.entries())
            yield text.slice(place, places[index + 1] ?? text.length);
        }
        expect(await readLog(pieces())).toEqual(readText(text));
      }),
      { numRuns: 20 },
    );
  });

  test('of endless different errors, or of one endless line, is kept within bounds', () => {
    const reader = new LogReader();
    for (let index = 0; index < 60_000; index += 1) {
      reader.write(`error ${String.fromCharCode(97 + (index % 26)).repeat(index % 300)} in part\n`);
    }
    for (let index = 0; index < 200; index += 1) reader.write('x'.repeat(100_000));
    const kept = reader.end().lines.reduce((sum, { text }) => sum + text.length, 0);
    expect(kept).toBeLessThan(1_500_000);
    expect(reader.end().lines.every(({ text }) => text.length <= LINE_LIMIT + 3)).toBe(true);
  });
});
