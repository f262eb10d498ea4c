import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { argvOf } from '../../../../../src/adapters/local/supervisor/command-line.ts';
import fc from '../../../../fixtures/properties.ts';

const shell = (line: string): readonly string[] => argvOf({ kind: 'shell', line });

describe('command line', () => {
  test('takes arguments as they are', () => {
    expect(argvOf({ kind: 'argv', argv: ['node', '$PORT', 'a b'] })).toEqual(['node', '$PORT', 'a b']);
  });

  test('needs no shell for a simple line', () => {
    expect(shell('node server.js --name "guest book" \'a b\'')).toEqual([
      'node',
      'server.js',
      '--name',
      'guest book',
      'a b',
    ]);
  });

  test.each([
    'node server.js --port $PORT',
    'node server.js --port "$PORT"',
    'NODE_ENV=production node server.js',
    'npm run build && npm start',
    'node server.js > log',
    'node server.js # comment',
    'node *.js',
    'node ~/server.js',
    'cd app; node server.js',
    'cd app',
    'exec node server.js',
    'node `which app`',
    'node a\\ b',
    'one\ntwo',
    '  ',
  ])('leaves to a shell: %s', (line) => {
    expect(shell(line)).toEqual(['/bin/sh', '-c', line]);
  });

  test('reads simple lines like a shell does', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_./:@%+,-]+$|^'[^']{0,8}'$|^"[A-Za-z ']{0,8}"$/);
    const line = fc.array(word, { maxLength: 5 }).map((words) => ['printf', '%s\\n', ...words].join(' '));
    fc.assert(
      fc.property(line, (text) => {
        const argv = shell(text.replace('%s\\n', '%s,'));
        const [program = '', ...args] = argv;
        const expected = execFileSync('/bin/sh', ['-c', text.replace('%s\\n', '%s,')], { encoding: 'utf8' });
        expect(execFileSync(program, args, { encoding: 'utf8' })).toBe(expected);
      }),
      { numRuns: 25 },
    );
  });

  test('serves a folder with our own program', () => {
    const argv = argvOf({ kind: 'serve', directory: 'dist', fallback: 'index.html' });
    expect(argv).toEqual([
      process.execPath,
      expect.stringMatching(/static-site-server\.ts$/),
      'dist',
      'index.html',
    ]);
    expect(argvOf({ kind: 'serve', directory: 'dist', fallback: null })).toHaveLength(3);
  });
});
