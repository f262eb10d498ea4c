import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bundles, makeBundles } from '../../lib/control-plane/bundles.ts';
import { environmentName, FACTS } from '../../lib/control-plane/facts.ts';
import { asksModel, FUNCTION_NAMES, type FunctionName } from '../../lib/control-plane/functions.ts';
import { literalKeys } from '../../lib/control-plane/literal-schema-keys.ts';
import { withoutUnmentioned } from '../../lib/control-plane/mentioned-commands.ts';
import { withoutUnmentionedErrors } from '../../lib/control-plane/service-errors.ts';
import { namedOnly } from '../../lib/control-plane/zod-by-name.ts';

const run = promisify(execFile);

const mostBytes = (name: FunctionName) => (asksModel(name) ? 3_000_000 : 1_500_000);

let bundles: Bundles;

beforeAll(async () => {
  bundles = await makeBundles();
}, 120_000);

afterAll(() => bundles.remove());

const fileOf = (name: FunctionName) => join(bundles.folderOf(name), 'index.mjs');

/** The handler, and what is loaded when it is needed. */
async function filesOf(name: FunctionName): Promise<readonly string[]> {
  const folder = bundles.folderOf(name);
  return (await readdir(folder)).map((file) => join(folder, file));
}

async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(folder)).toSorted();
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')])),
  );
}

/** What it says in a place that nothing of ours calls. */
const ONLY_IN_WHOLE_ZOD = 'unevaluatedItems is not supported';

describe.each(FUNCTION_NAMES)('the bundle of %s', (name) => {
  test(`has at most ${mostBytes(name)} bytes`, async () => {
    const sizes = await Promise.all((await filesOf(name)).map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(mostBytes(name));
  });

  test('is a module with a handler, and each of its files needs nothing but the environment', async () => {
    const urls = (await filesOf(name)).map((file) => pathToFileURL(file).href);
    const program = `
      const { handler } = await import(${JSON.stringify(pathToFileURL(fileOf(name)).href)});
      for (const url of ${JSON.stringify(urls)}) await import(url);
      process.stdout.write(typeof handler, () => process.exit(0));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
      env: {
        AWS_REGION: 'eu-west-1',
        POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
        ...Object.fromEntries(FACTS.map((fact) => [environmentName(fact), 'test'])),
        HIVEMIND_MODELS: '{"HIVEMIND_MODEL":"global.anthropic.claude-sonnet-5-5"}',
      },
    });
    expect(stdout).toBe('function');
  });

  test('looks for credentials where Lambda puts them, and imports no module of Node the slow way', async () => {
    const texts = await Promise.all((await filesOf(name)).map((file) => readFile(file, 'utf8')));
    const text = texts.join('\n');
    const mentions = (words: string) => text.includes(words);
    expect(mentions('AWS_SESSION_TOKEN')).toBe(true);
    expect(mentions('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')).toBe(false);
    const builtins = [...text.matchAll(/\bfrom ?["'](node:\w+)["']/g)].map(([, from]) => from);
    expect(new Set(builtins)).toEqual(new Set(['node:module']));
  });
});

test('bundles that are made again, in another folder, are the same files', async () => {
  const again = await makeBundles();
  try {
    for (const name of FUNCTION_NAMES) {
      expect(await contentsOf(again.folderOf(name))).toEqual(await contentsOf(bundles.folderOf(name)));
    }
  } finally {
    await again.remove();
  }
}, 60_000);

describe('the object of all that is in Zod', () => {
  test('becomes a module, of which what is not named is left out', () => {
    expect(namedOnly("import { a } from './a.js';\nimport { z } from 'zod';\nz.void();\n")).toBe(
      "import { a } from './a.js';\nimport * as z from 'zod';\nz.void();\n",
    );
  });

  test('leaves other names where they are', () => {
    expect(namedOnly("import { z, ZodVoid } from 'zod';\n")).toBe(
      "import * as z from 'zod'; import { ZodVoid } from 'zod';\n",
    );
    expect(namedOnly("import { ZodVoid } from 'zod';\n")).toBe("import { ZodVoid } from 'zod';\n");
  });

  test('is in no bundle', async () => {
    for (const name of FUNCTION_NAMES) {
      const texts = Object.values(await contentsOf(bundles.folderOf(name)));
      expect(texts.filter((text) => text.includes(ONLY_IN_WHOLE_ZOD))).toEqual([]);
    }
  });
});

describe('keys of schemas', () => {
  test('become text where they are constants of the file', () => {
    const source = 'const _xN = "xmlName";\nexport var A$ = [3, n0, { [_xN]: _T }];\n';
    expect(literalKeys(source)).toBe('const _xN = "xmlName";\nexport var A$ = [3, n0, { "xmlName": _T }];\n');
  });

  test('stay where they are anything else', () => {
    const source = 'const _a = f();\nexport var A$ = { [_a]: 1, [b]: 2 };\n';
    expect(literalKeys(source)).toBe(source);
  });
});

describe('errors of a service', () => {
  const schemas = [
    'export var Gone$ = [-3, n0, _G,\n    { [_aQE]: [`IsGone`, 404], [_e]: _c },\n    [_m], [0]\n];\n',
    'n0_registry.registerError(Gone$, Gone);\n',
    'export var Busy$ = [-3, n0, _B,\n    { [_e]: _c },\n    [_m], [0]\n];\n',
    'n0_registry.registerError(Busy$, Busy);\n',
  ].join('');
  const registered = (text: string) => [...text.matchAll(/registerError\((\w+)\$/g)].map(([, name]) => name);

  test('are left out where nothing names them', () => {
    expect(registered(withoutUnmentionedErrors(schemas, '', new Set()))).toEqual([]);
  });

  test.each(['Gone', 'IsGone'])('stay with their name or their code: %s', (word) => {
    expect(registered(withoutUnmentionedErrors(schemas, '', new Set([word])))).toEqual(['Gone']);
  });

  test('stay where the class says that a call is worth another try', () => {
    const classes =
      'export class Gone extends Base {\n}\nexport class Busy extends Base {\n    $retryable = {};\n}\n';
    expect(registered(withoutUnmentionedErrors(schemas, classes, new Set()))).toEqual(['Busy']);
  });

  test('stay where they are a part of an answer', () => {
    const stream = `${schemas}export var Stream$ = [4, n0, _S,\n    0,\n    [_b], [[() => Busy$, 0]]\n];\n`;
    expect(registered(withoutUnmentionedErrors(stream, '', new Set()))).toEqual(['Busy']);
  });
});

describe('what a client offers', () => {
  const index = [
    'export * from "./EC2Client";\n',
    'export * from "./EC2";\n',
    'export * from "./commands";\n',
    'export * from "./waiters";\n',
    'export * from "./schemas/schemas_0";\n',
  ].join('');

  test('is the client and its commands, without the class that has all of them and without waiters', () => {
    expect(withoutUnmentioned(index, new Set())).toBe(
      'export * from "./EC2Client";\nexport * from "./commands";\nexport * from "./schemas/schemas_0";\n',
    );
  });

  test('are the commands that are mentioned', () => {
    const commands = 'export * from "./GetTagsCommand";\nexport * from "./RunInstancesCommand";\n';
    expect(withoutUnmentioned(commands, new Set(['GetTagsCommand']))).toBe(
      'export * from "./GetTagsCommand";\n',
    );
  });
});
