import { describe, expect, test } from '@jest/globals';
import { explainExit, type StartFailureFacts } from '../../../src/domain/start-failure.ts';

const facts: StartFailureFacts = {
  process: 'web',
  exitCode: 1,
  signal: null,
  logTail: [],
  variables: [],
  providedNames: [],
};

describe('explainExit', () => {
  test('names the error that ended the process', () => {
    const error = explainExit({
      ...facts,
      logTail: [
        'node:internal/modules/cjs/loader:1404',
        '  throw err;',
        "Error: Cannot find module './missing.js'",
        '    at Module._resolveFilename (node:internal/modules/cjs/loader:1401:15)',
      ],
    });
    expect(error).toMatchObject({ name: 'StartFailed' });
    expect(error.message).toBe(
      'the process "web" exited with code 1: Error: Cannot find module \'./missing.js\'',
    );
    expect(error.logTail).toHaveLength(4);
  });

  test.each([
    ['Error: SESSION_SECRET is required', 'SESSION_SECRET'],
    ['Missing required environment variable: STRIPE_API_KEY', 'STRIPE_API_KEY'],
    ['env var API_TOKEN must be set', 'API_TOKEN'],
    ["KeyError: environment variable 'QUEUE_URL' is not set", 'QUEUE_URL'],
  ])('names the missing variable of "%s"', (line, name) => {
    const error = explainExit({
      ...facts,
      logTail: [line],
      variables: [{ name, required: true, secret: false }],
    });
    expect(error).toMatchObject({ name: 'MissingEnvironmentVariable' });
    expect(error.message).toContain(name);
    expect(error.hint).toContain(`--env ${name}`);
  });

  test('never blames a variable that is set', () => {
    const error = explainExit({
      ...facts,
      logTail: ['SESSION_SECRET is required to be 32 characters'],
      variables: [{ name: 'SESSION_SECRET', required: true, secret: true }],
      providedNames: ['SESSION_SECRET'],
    });
    expect(error).toMatchObject({ name: 'StartFailed' });
  });

  test('explains a process that ends well', () => {
    const error = explainExit({ ...facts, exitCode: 0, logTail: ['done'] });
    expect(error.message).toBe('the process "web" exited with code 0: done');
    expect(error.hint).toContain('keep running');
  });

  test('names the signal that ended the process', () => {
    expect(explainExit({ ...facts, exitCode: null, signal: 'SIGKILL' }).message).toBe(
      'the process "web" was ended by SIGKILL',
    );
  });
});
