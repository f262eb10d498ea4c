import { describe, expect, test } from '@jest/globals';
import { commandOf, plainArguments, simpleCommands } from '../../../../lambdas/recon/command-line.ts';
import fc from '../../../fixtures/properties.ts';

describe('command lines of an application', () => {
  test.each([
    ['node server.js', ['node', 'server.js']],
    ['node --import tsx src/server.ts', ['node', '--import', 'tsx', 'src/server.ts']],
    [`node "my server.js" --title='a b'`, ['node', 'my server.js', '--title=a b']],
    ['serve -l tcp://0.0.0.0:8080', ['serve', '-l', 'tcp://0.0.0.0:8080']],
  ])('reads %s as arguments', (line, argv) => {
    expect(commandOf(line)).toEqual({ kind: 'argv', argv });
  });

  test.each([
    'node server.js --port $PORT',
    'NODE_OPTIONS=--no-deprecation node server.js',
    'cd server && node index.js',
    'node server.js > log.txt',
    'node server.js &',
    'node server.js; rm -rf /',
    'node *.js',
    'node ~/server.js',
    'node `which server.js`',
    'node server.js\nnode other.js',
    'exec node server.js',
    'if true; then node x; fi',
    'node "a',
    'node {a,b}.js',
    'node server.js # comment',
  ])('leaves %j to the shell', (line) => {
    expect(commandOf(line)).toEqual({ kind: 'shell', line });
  });

  test('splits a line into its simple commands', () => {
    expect(simpleCommands('cd api && NODE_ENV=test cross-env A=1 npx -y tsx server.ts | tee log')).toEqual([
      ['cd', 'api'],
      ['tsx', 'server.ts'],
      ['tee', 'log'],
    ]);
  });

  test('takes no expansion for plain arguments', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('"', "'", '\\', '$', '{', '}', ' ', 'a', '`', '\n', '&', '|', '#', '*'),
    });
    fc.assert(
      fc.property(hostile, (line) => {
        simpleCommands(line);
        const argv = plainArguments(line);
        const unquoted = line.replace(/'[^']*'|"[^"]*"/g, (quoted) => (quoted.startsWith("'") ? '' : quoted));
        if (argv) expect(unquoted).not.toMatch(/[`$\\\n]/);
      }),
    );
  });

  test.each(['"', "'", '\\"', '${', '$(', '"a" ', "$'"])('reads a long line of %j at once', (part) => {
    const line = `node ${part.repeat(50_000)}`;
    expect(commandOf(line).kind).toBe('shell');
    expect(simpleCommands(line)).toEqual([]);
  });
});
