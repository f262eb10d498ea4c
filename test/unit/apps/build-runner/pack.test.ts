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

async function packed(files: Parameters<typeof writeFiles>[1]) {
  const folder = await temporaryFolder();
  const directory = join(folder, 'app');
  await writeFiles(directory, files);
  await writeFiles(folder, { node: { executable: 'a runtime' } });
  const file = join(folder, 'artifact.tar.gz');
  const parts = { directory, facts, node: join(folder, 'node'), instanceProgram: Buffer.from('program') };
  return { file, result: await packArtifact(parts, file) };
}

const application = {
  'server.js': 'console.log(1)',
  'node_modules/express/package.json': '{"name": "express", "version": "5.1.0"}',
};

test('an artifact is its application, its runtime and its instance program', async () => {
  const { file, result } = await packed(application);
  const entries = [];
  for await (const { path, kind } of entriesOf(decompressed(createReadStream(file))))
    entries.push(`${kind} ${path}`);
  expect(entries).toEqual([
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
