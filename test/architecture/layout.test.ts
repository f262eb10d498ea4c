import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { AGENTS } from '../../src/domain/stage.ts';

const root = new URL('../../', import.meta.url);
const list = async (folder: string): Promise<string[]> => readdir(new URL(folder, root));

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(new URL(folder, root), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}

describe('layout', () => {
  test.each(['local', 'aws'])('has an adapter for every port on %s', async (platform) => {
    const ports = await list('src/ports/');
    const adapters = [
      ...(await list(`src/adapters/${platform}/`)),
      ...(await list('src/adapters/anywhere/')),
    ];
    expect(ports.filter((name) => !adapters.includes(name))).toEqual([]);
  });

  test('has an agent and a schema for every agent', async () => {
    // The conductor is no agent: it takes orders and puts the ends of workflows on record.
    expect((await list('lambdas/')).sort()).toEqual([...AGENTS, 'conductor'].sort());
    for (const agent of AGENTS) {
      expect(await list(`lambdas/${agent}/`)).toEqual(expect.arrayContaining(['agent.ts', 'schema.ts']));
    }
  });

  test('names no file after nothing in particular', async () => {
    const files = (
      await Promise.all(['src/', 'lambdas/', 'apps/', 'test/', 'bench/'].map(sourceFiles))
    ).flat();
    expect(files.filter((file) => /\/(utils?|helpers?|common|misc|manager)s?(\.|\/)/i.test(file))).toEqual(
      [],
    );
  });

  test('has a contract suite for every port that is an interface to state', async () => {
    const suites = await list('test/contracts/');
    const ports = (await list('src/ports/')).map((name) => name.replace('.ts', ''));
    const untested = ports.filter((port) => !suites.includes(`${port}.contract.ts`));
    expect(untested.sort()).toEqual([]);
  });

  test('speaks of no machine and no registry', async () => {
    const files = (await Promise.all(['src/', 'lambdas/', 'apps/'].map(sourceFiles))).flat();
    const texts = await Promise.all(
      files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })),
    );
    const places = /\/(root|Users)\/\w+|\/home\/(?!build\b)\w+|registry\.npmjs\.org/;
    expect(texts.filter(({ text }) => places.test(text)).map(({ file }) => file)).toEqual([]);
  });
});
