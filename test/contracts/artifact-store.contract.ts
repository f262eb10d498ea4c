import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ArtifactFacts, ArtifactStore } from '../../src/ports/artifact-store.ts';

export interface ArtifactStoreHarness {
  readonly store: ArtifactStore;
  /** A new path on the store's file system where nothing is yet. */
  freePath(): string;
}

export const someFacts: ArtifactFacts = {
  commit: 'c'.repeat(40),
  tree: 't'.repeat(40),
  root: '.',
  runtime: 'node',
  runtimeVersion: '24.0.0',
  environmentNames: ['DATABASE_URL'],
};

/** What every artifact store does. */
export function artifactStoreContract(makeStore: () => Promise<ArtifactStoreHarness>): void {
  async function filled(): Promise<ArtifactStoreHarness & { directory: string }> {
    const harness = await makeStore();
    const directory = harness.freePath();
    await mkdir(join(directory, 'bin'), { recursive: true });
    await writeFile(join(directory, 'server.js'), 'console.log(1)');
    await writeFile(join(directory, 'bin/start'), '#!/bin/sh\n', { mode: 0o755 });
    await symlink('../server.js', join(directory, 'bin/link.js'));
    return { ...harness, directory };
  }

  describe('put', () => {
    test('moves the directory and describes it', async () => {
      const { store, directory } = await filled();
      const manifest = await store.put(directory, someFacts);
      expect(manifest).toMatchObject({ ...someFacts, version: 1, files: 2, bytes: 24 });
      expect(manifest.id).toMatch(/^sha256-[0-9a-f]{64}$/);
      await expect(stat(directory)).rejects.toThrow('ENOENT');
    });

    test('gives equal contents one artifact', async () => {
      const { store, directory, freePath } = await filled();
      const first = await store.put(directory, someFacts);
      const copy = freePath();
      await store.unpack(first.id, copy);
      expect(await store.put(copy, someFacts)).toEqual(first);
      await expect(stat(copy)).rejects.toThrow('ENOENT');
      expect(await store.list()).toEqual([first.id]);
    });

    test('gives other facts another id', async () => {
      const { store, directory, freePath } = await filled();
      const first = await store.put(directory, someFacts);
      const copy = freePath();
      await store.unpack(first.id, copy);
      const second = await store.put(copy, { ...someFacts, commit: 'd'.repeat(40) });
      expect(second.checksum).toBe(first.checksum);
      expect(second.id).not.toBe(first.id);
    });

    test('stores equal contents at the same time', async () => {
      const { store, directory, freePath } = await filled();
      const { id } = await store.put(directory, someFacts);
      const copies = [freePath(), freePath(), freePath()];
      for (const copy of copies) await store.unpack(id, copy);
      await store.remove(id);
      const manifests = await Promise.all(copies.map((copy) => store.put(copy, someFacts)));
      expect(manifests.map((manifest) => manifest.id)).toEqual([id, id, id]);
      expect(await store.find(id)).toBeDefined();
    });

    test('lists installed packages with their addresses', async () => {
      const { store, directory } = await filled();
      for (const [name, version] of [
        ['left-pad', '1.3.0'],
        ['@scope/tool', '2.0.0'],
        ['left-pad/node_modules/inner', '0.1.0'],
      ] as const) {
        const folder = join(directory, 'node_modules', name);
        await mkdir(folder, { recursive: true });
        await writeFile(
          join(folder, 'package.json'),
          JSON.stringify({ name: name.split('_modules/').at(-1), version }),
        );
      }
      await writeFile(join(directory, 'node_modules/left-pad/node_modules/inner/readme.json'), '{');
      expect((await store.put(directory, someFacts)).sbom.map(({ purl }) => purl)).toEqual([
        'pkg:npm/%40scope/tool@2.0.0',
        'pkg:npm/inner@0.1.0',
        'pkg:npm/left-pad@1.3.0',
      ]);
    });

    test.each(['/etc/passwd', '../outside', 'bin/../../outside'])(
      'fails with UnsafeRepository for a link to %s',
      async (target) => {
        const { store, directory } = await filled();
        await symlink(target, join(directory, 'bad'));
        await expect(store.put(directory, someFacts)).rejects.toMatchObject({ code: 'UnsafeRepository' });
        expect(await store.list()).toEqual([]);
      },
    );
  });

  describe('unpack', () => {
    test('copies contents, modes and links', async () => {
      const { store, directory, freePath } = await filled();
      const { id } = await store.put(directory, someFacts);
      const copy = join(freePath(), 'deeper');
      await store.unpack(id, copy);
      expect((await readdir(copy)).sort()).toEqual(['bin', 'server.js']);
      expect(await readFile(join(copy, 'server.js'), 'utf8')).toBe('console.log(1)');
      expect((await stat(join(copy, 'bin/start'))).mode & 0o777).toBe(0o755);
      expect(await readlink(join(copy, 'bin/link.js'))).toBe('../server.js');
    });

    test('gives copies that cannot change the artifact', async () => {
      const { store, directory, freePath } = await filled();
      const { id } = await store.put(directory, someFacts);
      const [first, second] = [freePath(), freePath()];
      await store.unpack(id, first);
      await writeFile(join(first, 'server.js'), 'changed');
      await chmod(join(first, 'bin/start'), 0o600);
      await store.unpack(id, second);
      expect(await readFile(join(second, 'server.js'), 'utf8')).toBe('console.log(1)');
    });

    test('fails with ArtifactNotFound for an unknown id', async () => {
      const { store, freePath } = await makeStore();
      const directory = freePath();
      for (const id of [`sha256-${'0'.repeat(64)}`, '../../etc', '']) {
        await expect(store.unpack(id, directory)).rejects.toMatchObject({ code: 'ArtifactNotFound' });
      }
      await expect(stat(directory)).rejects.toThrow('ENOENT');
    });
  });

  describe('find, list and remove', () => {
    test('finds the manifest that put returned', async () => {
      const { store, directory } = await filled();
      const manifest = await store.put(directory, someFacts);
      expect(await store.find(manifest.id)).toEqual(manifest);
      expect(await store.list()).toEqual([manifest.id]);
    });

    test('finds nothing for an unknown id', async () => {
      const { store } = await makeStore();
      expect(await store.find('../../etc')).toBeUndefined();
      expect(await store.find(`sha256-${'0'.repeat(64)}`)).toBeUndefined();
    });

    test('removes an artifact once and for all', async () => {
      const { store, directory } = await filled();
      const { id } = await store.put(directory, someFacts);
      await store.remove(id);
      await store.remove(id);
      expect(await store.find(id)).toBeUndefined();
      expect(await store.list()).toEqual([]);
    });
  });
}
