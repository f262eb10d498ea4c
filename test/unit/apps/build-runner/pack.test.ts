import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packArtifact } from '../../../../apps/build-runner/pack.ts';
import { decompressed } from '../../../../src/adapters/anywhere/archive/gzip.ts';
import { entriesOf } from '../../../../src/adapters/anywhere/archive/tar-reader.ts';
import { writeFiles } from '../../../fixtures/git-repository.ts';
import { temporaryFolder } from '../../../fixtures/temporary-home.ts';

const facts = {
  commit: 'c'.repeat(40),
  tree: 'd'.repeat(40),
  root: '.',
  runtime: 'node',
  runtimeVersion: '24.0.0',
  environmentNames: ['DATABASE_URL'],
} as const;

async function packed(files: Parameters<typeof writeFiles>[1], chosen: { npm?: string } = {}) {
  const folder = await temporaryFolder();
  const directory = join(folder, 'app');
  await writeFiles(directory, files);
  await writeFiles(folder, { node: { executable: 'a runtime' } });
  const file = join(folder, 'artifact.tar.gz');
  const instanceProgram = Buffer.from('program');
  const parts = { directory, facts, node: join(folder, 'node'), npm: chosen.npm, instanceProgram };
  return { file, result: await packArtifact(parts, file) };
}

async function entriesIn(file: string): Promise<string[]> {
  const entries: string[] = [];
  for await (const { path, kind, target } of entriesOf(decompressed(createReadStream(file)))) {
    entries.push(target === '' ? `${kind} ${path}` : `${kind} ${path} -> ${target}`);
  }
  return entries;
}

const application = {
  'server.js': 'console.log(1)',
  'node_modules/express/package.json': '{"name": "express", "version": "5.1.0"}',
};

test('an artifact is its application, its runtime and its instance program', async () => {
  const { file, result } = await packed(application);
  expect(await entriesIn(file)).toEqual([
    'file manifest.json',
    'folder files',
    'folder files/node_modules',
    'folder files/node_modules/express',
    'file files/node_modules/express/package.json',
    'file files/server.js',
    'file instance/instance.mjs',
    'executable runtime/bin/node',
  ]);
  expect(result).toMatchObject({ files: 2, sbom: [{ name: 'express', version: '5.1.0' }] });
});

test('an artifact that is started with npm carries it, without its manuals', async () => {
  const npm = await temporaryFolder();
  await writeFiles(npm, {
    'package.json': '{}',
    'bin/npm-cli.js': { executable: '' },
    'docs/a.md': '',
    'man/man1/a.1': '',
    'node_modules/docs/index.js': '',
  });
  const { file } = await packed({ 'server.js': '' }, { npm });
  const entries = await entriesIn(file);
  expect(entries.slice(entries.indexOf('executable runtime/bin/node') + 1)).toEqual([
    'symlink runtime/bin/npm -> ../lib/node_modules/npm/bin/npm-cli.js',
    'symlink runtime/bin/npx -> ../lib/node_modules/npm/bin/npx-cli.js',
    'executable runtime/lib/node_modules/npm/bin/npm-cli.js',
    'file runtime/lib/node_modules/npm/node_modules/docs/index.js',
    'file runtime/lib/node_modules/npm/package.json',
  ]);
});

test('equal applications are equal artifacts', async () => {
  const [one, other] = [await packed(application), await packed(application)];
  expect(other.result).toEqual(one.result);
  expect(await readFile(other.file)).toEqual(await readFile(one.file));
  const changed = await packed({ ...application, 'server.js': 'console.log(2)' });
  expect(changed.result.archiveSha256).not.toBe(one.result.archiveSha256);
});

test('an application with a link out of it is none', async () => {
  await expect(packed({ a: { link: '/etc/passwd' } })).rejects.toMatchObject({ code: 'UnsafeRepository' });
});
