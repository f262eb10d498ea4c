import { describe } from '@jest/globals';
import { localInstanceCommands } from '../../src/adapters/local/instance-commands.ts';
import { program, releaseOf, specOf, supervision } from '../fixtures/supervision.ts';
import { instanceCommandsContract, type SampleProgram } from './instance-commands.contract.ts';

const FILES: Readonly<Record<SampleProgram, string>> = {
  serve: 'server.js',
  fail: 'fail.js',
  wait: 'wait.js',
};

describe('local instance commands', () =>
  instanceCommandsContract(async () => {
    const { home, supervisor, lines } = await supervision();
    return {
      commands: localInstanceCommands(supervisor, { home, artifacts: { find: async () => undefined } }),
      makeStack: async (name, count) => {
        await supervisor.createInstances('stack', specOf(FILES[name], { count, exposed: name === 'serve' }));
        return 'stack';
      },
      releaseOf: (name, change) => releaseOf(FILES[name], { exposed: name === 'serve', ...change }),
      command: (name) => program(FILES[name]),
      answers: async ({ host, port }) => {
        const answer = await fetch(`http://${host}:${port}`).catch(() => undefined);
        return answer?.ok ?? false;
      },
      printed: () => lines.map(({ text }) => text),
    };
  }));
