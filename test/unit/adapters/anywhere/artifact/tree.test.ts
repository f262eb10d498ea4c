import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RefusedTree, sealTree } from '../../../../../src/adapters/anywhere/artifact/tree.ts';
import fc from '../../../../fixtures/properties.ts';
import { temporaryFolder } from '../../../../fixtures/temporary-home.ts';

interface TestFile {
  readonly path: string;
  readonly contents: string;
  readonly executable: boolean;
}

const fileName = fc.stringMatching(/^[a-z\n"\\é-]{1,6}$/);
const testFile: fc.Arbitrary<TestFile> = fc.record({
  // Folders and files have different letters, so that no path is both.
  path: fc
    .tuple(fc.array(fc.stringMatching(/^[A-Z]{1,2}$/), { maxLength: 2 }), fileName)
    .map(([folders, name]) => [...folders, name].join('/')),
  contents: fc.string({ maxLength: 40 }),
  executable: fc.boolean(),
});
const testFiles = fc.uniqueArray(testFile, { selector: ({ path }) => path, minLength: 1, maxLength: 6 });

async function withTree<T>(files: readonly TestFile[], read: (root: string) => T | Promise<T>): Promise<T> {
  const root = await temporaryFolder();
  for (const { path, contents, executable } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), contents);
    await chmod(join(root, path), executable ? 0o755 : 0o644);
  }
  return read(root);
}

const checksumOf = (files: readonly TestFile[]): Promise<string> =>
  withTree(files, (root) => sealTree(root).checksum);

describe('checksum', () => {
  test('ignores creation order, times and other modes', () =>
    fc.assert(
      fc.asyncProperty(testFiles, async (files) => {
        const later = await withTree(files.toReversed(), async (root) => {
          for (const { path, executable } of files) {
            await utimes(join(root, path), 1, 1);
            await chmod(join(root, path), executable ? 0o4777 : 0o602);
          }
          return sealTree(root).checksum;
        });
        expect(later).toBe(await checksumOf(files));
      }),
      { numRuns: 25 },
    ));

  test('changes with any content, name or mode', () =>
    fc.assert(
      fc.asyncProperty(
        testFiles,
        fc.nat(),
        fc.constantFrom('contents', 'path', 'executable', 'more'),
        async (files, at, what) => {
          const index = at % files.length;
          const changed = files.map((file, place) => {
            if (place !== index) return file;
            if (what === 'contents') return { ...file, contents: `${file.contents}x` };
            if (what === 'path') return { ...file, path: `${file.path}_` };
            return what === 'executable' ? { ...file, executable: !file.executable } : file;
          });
          const more = what === 'more' ? [{ path: '0', contents: '', executable: false }] : [];
          expect(await checksumOf([...changed, ...more])).not.toBe(await checksumOf(files));
        },
      ),
      { numRuns: 25 },
    ));

  test('changes with one byte of a large file', async () => {
    const large = { path: 'large', contents: 'a'.repeat(2_500_000), executable: false };
    const other = { ...large, contents: `${large.contents.slice(0, -1)}b` };
    expect(await checksumOf([large])).not.toBe(await checksumOf([other]));
  });

  test('changes with an empty folder or a link target', async () => {
    const file = { path: 'a', contents: '', executable: false };
    const sums = [
      await checksumOf([file]),
      await withTree([file], async (root) => {
        await mkdir(join(root, 'b'));
        return sealTree(root).checksum;
      }),
      await withTree([file], async (root) => {
        await symlink('a', join(root, 'b'));
        return sealTree(root).checksum;
      }),
      await withTree([file], async (root) => {
        await symlink('c', join(root, 'b'));
        return sealTree(root).checksum;
      }),
    ];
    expect(new Set(sums).size).toBe(sums.length);
  });
});

describe('what becomes of a tree', () => {
  test('loses pipes, unreadable modes and set-user-id', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'closed'));
    await writeFile(join(root, 'closed/secret'), 'x', { mode: 0o000 });
    await chmod(join(root, 'closed'), 0o000);
    await writeFile(join(root, 'tool'), 'x');
    await chmod(join(root, 'tool'), 0o6755);
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(sealTree(root)).toMatchObject({ files: 2, bytes: 2 });
    await expect(stat(join(root, 'pipe'))).rejects.toThrow('ENOENT');
    expect((await stat(join(root, 'tool'))).mode & 0o7777).toBe(0o755);
    expect((await stat(join(root, 'closed/secret'))).mode & 0o7777).toBe(0o644);
  });

  test('counts a package once and skips broken manifests', async () => {
    const manifest = { contents: '{"name":"a","version":"1.0.0"}', executable: false };
    const files = [
      { ...manifest, path: 'node_modules/a/package.json' },
      { ...manifest, path: 'apps/b/node_modules/a/package.json' },
      { ...manifest, path: 'node_modules/a/test/package.json' },
      { ...manifest, path: 'package.json' },
      { ...manifest, path: 'node_modules/c/package.json', contents: '{' },
      { ...manifest, path: 'node_modules/d/package.json', contents: '{"name":1,"version":"1"}' },
    ];
    const { sbom } = await withTree(files, sealTree);
    expect(sbom).toEqual([{ name: 'a', version: '1.0.0', purl: 'pkg:npm/a@1.0.0' }]);
  });
});

describe('symbolic links', () => {
  const sealWith = async (links: readonly (readonly [path: string, target: string])[]) => {
    const root = join(await temporaryFolder(), 'tree');
    await mkdir(join(root, 'a/b'), { recursive: true });
    for (const [path, target] of links) await symlink(target, join(root, path));
    return () => sealTree(root);
  };

  test.each([
    ['a parent inside the folder', [['a/b/up', '../..']]],
    ['a package manager that links relatively', [['a/tool', '../a/b/../b']]],
    ['a file that does not exist', [['gone', 'nowhere/at/all']]],
    ['itself', [['self', 'self']]],
    [
      'a loop',
      [
        ['x', 'y/z'],
        ['y', 'x'],
      ],
    ],
  ] as const)('are kept when they lead to %s', async (_, links) => {
    expect(await sealWith(links)).not.toThrow();
  });

  test.each([
    ['an absolute path', [['bad', '/etc/passwd']]],
    ['the folder above', [['a/bad', '../..']]],
    [
      'the outside through another link',
      [
        ['a/b/up', '../..'],
        ['bad', 'a/b/up/../x'],
      ],
    ],
    ['the outside through a missing folder', [['bad', 'missing/../../x']]],
  ] as const)('fails with a refusal for %s', async (_, links) => {
    expect(await sealWith(links)).toThrow(RefusedTree);
  });

  test('fails with a refusal for names that are not UTF-8', async () => {
    const root = await temporaryFolder();
    const file = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])]);
    await writeFile(file, '');
    expect(() => sealTree(root)).toThrow(RefusedTree);
    await rm(file);
  });
});
