import { describe, expect, test } from '@jest/globals';
import { BuildOutput } from '../../../../../src/adapters/local/build/build-output.ts';
import { stepFailure } from '../../../../../src/adapters/local/build/step-failure.ts';

function outputOf(text: string): BuildOutput {
  const output = new BuildOutput(() => undefined);
  output.begin('build', '$ npm run build');
  for (const line of text.split('\n')) output.line(line);
  return output;
}

const failureOf = (text: string, code = 1) =>
  stepFailure(
    'build',
    { kind: 'argv', argv: ['npm', 'run', 'build'] },
    { code, signal: null },
    outputOf(text),
  );

describe('the cause of a failed step', () => {
  test.each([
    [
      'an error of npm without its fields',
      'npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when in sync\nnpm error Missing: a@1',
      ': `npm ci` can only install packages when in sync',
    ],
    [
      'the error of a compiler, not the summary of npm',
      "\n> a@1.0.0 build\n> tsc\n\nsrc/a.ts(1,7): error TS2322: Type 'string' is not assignable.\nnpm error Lifecycle script `build` failed",
      ": src/a.ts(1,7): error TS2322: Type 'string' is not assignable.",
    ],
    [
      'an exception, not its stack',
      "node:internal/modules/cjs/loader:1\n  throw err;\n  ^\n\nError: Cannot find module 'left-pad'\n    at Module._resolve",
      ": Cannot find module 'left-pad'",
    ],
    [
      'an error behind warnings',
      'npm warn deprecated a: error prone\n0 errors\nERROR: it broke',
      ': it broke',
    ],
    [
      'an error of Yarn without its frame',
      '➤ YN0000: ┌ Resolution step\n➤ YN0028: │ The lockfile would have been modified, which is forbidden.\n➤ YN0000: · Failed with errors in 0s',
      ': The lockfile would have been modified, which is forbidden.',
    ],
    ['the last line when none names an error', 'one\ntwo\n', ': two'],
    ['nothing when nothing was printed', '', ''],
    [
      'a line without escape sequences',
      '\u001b[31merror\u001b[0m \u001b[1mbroken\u001b[0m thing',
      ': broken thing',
    ],
  ])('is %s', (_, text, cause) => {
    expect(outputOf(text).cause).toBe(cause);
  });

  test('is cut when it is endless', () => {
    expect(outputOf(`error: ${'x'.repeat(5_000)}`).cause.length).toBeLessThan(400);
  });

  test('starts anew with each step', () => {
    const output = outputOf('error: first');
    output.begin('build', '$ again');
    expect([output.cause, output.tail]).toEqual(['', []]);
  });
});

describe('the failure of a step', () => {
  test('names the command, its exit code and the cause', () => {
    expect(failureOf('error: it broke', 2).message).toBe('`npm run build` exited with 2: it broke');
  });

  test.each([
    ['npm error Missing script: "build"', 'package.json'],
    ['npm error code ENOTFOUND', 'registry'],
    ['npm error `npm ci` can only install packages when', 'commit the lock file'],
    ['ERR_PNPM_OUTDATED_LOCKFILE  Cannot install', 'commit the lock file'],
    ['npm error 403 Forbidden - GET https://npm.pkg.github.com/x', 'credentials'],
    ['gyp ERR! stack Error: not found: make', 'C++ compiler'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'memory'],
    ['sh: 1: vite: not found', 'dependencies'],
  ])('hints at what to do about %s', (line, hint) => {
    expect(failureOf(line)).toMatchObject({ code: 'BuildFailed', hint: expect.stringContaining(hint) });
  });

  test.each([
    ['ENOSPC: no space left on device, write', 'DiskFull'],
    ['cp: error writing: No space left on device', 'DiskFull'],
    ["ENOSPC: System limit for number of file watchers reached, watch '/workspace'", 'BuildFailed'],
  ])('tells a full disk from full tables: %s', (line, code) => {
    expect(failureOf(line)).toMatchObject({ code });
  });
});
