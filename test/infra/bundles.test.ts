import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bundles, makeBundles } from '../../lib/control-plane/bundles.ts';
import { environmentName, FACTS } from '../../lib/control-plane/facts.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../lib/control-plane/functions.ts';
import { literalKeys } from '../../lib/control-plane/literal-schema-keys.ts';

const run = promisify(execFile);

const MOST_BYTES = 1_500_000;

let bundles: Bundles;

beforeAll(async () => {
  bundles = await makeBundles();
}, 120_000);

afterAll(() => bundles.remove());

const fileOf = (name: FunctionName) => join(bundles.folderOf(name), 'index.mjs');

describe.each(FUNCTION_NAMES)('the bundle of %s', (name) => {
  test(`has at most ${MOST_BYTES} bytes`, async () => {
    expect((await stat(fileOf(name))).size).toBeLessThanOrEqual(MOST_BYTES);
  });

  test('is a module with a handler, which needs nothing but its environment', async () => {
    const program = `
      const { handler } = await import(${JSON.stringify(pathToFileURL(fileOf(name)).href)});
      process.stdout.write(typeof handler, () => process.exit(0));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
      env: {
        AWS_REGION: 'eu-west-1',
        POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
        ...Object.fromEntries(FACTS.map((fact) => [environmentName(fact), 'test'])),
      },
    });
    expect(stdout).toBe('function');
  });

  test('looks for credentials where Lambda puts them, and imports no module of Node the slow way', async () => {
    const text = await readFile(fileOf(name), 'utf8');
    const mentions = (words: string) => text.includes(words);
    expect(mentions('AWS_SESSION_TOKEN')).toBe(true);
    expect(mentions('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')).toBe(false);
    expect([...text.matchAll(/\bfrom ?["'](node:\w+)["']/g)].map(([, from]) => from)).toEqual([
      'node:module',
    ]);
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
