import { execFile } from 'node:child_process';
import { lstat, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { collected, compressed, decompressed } from '../../../../src/adapters/anywhere/archive/gzip.ts';
import { MalformedArchive } from '../../../../src/adapters/anywhere/archive/tar-format.ts';
import { entriesOf } from '../../../../src/adapters/anywhere/archive/tar-reader.ts';
import {
  type EntryWithContents,
  fileEntry,
  folderEntries,
  folderEntry,
  linkEntry,
  tarOf,
} from '../../../../src/adapters/anywhere/archive/tar-writer.ts';
import { unpack } from '../../../../src/adapters/anywhere/archive/unpack.ts';
import { writeFiles } from '../../../fixtures/git-repository.ts';
import fc from '../../../fixtures/properties.ts';
import { temporaryFolder } from '../../../fixtures/temporary-home.ts';

const run = promisify(execFile);
const limits = { bytes: 1_000_000, files: 100 };

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Entries with their contents, as an archive gives them back. */
async function readBack(archive: Buffer, pieceBytes = 65_536) {
  const found = [];
  for await (const { contents, ...entry } of entriesOf(inPieces(archive, pieceBytes))) {
    found.push({ ...entry, contents: (await collected(contents)).toString('latin1') });
  }
  return found;
}

const expected = async (entries: readonly EntryWithContents[]) =>
  Promise.all(
    entries.map(async ({ contents, ...entry }) => ({
      ...entry,
      contents: (await collected(fromAny(contents))).toString('latin1'),
    })),
  );

async function* fromAny(contents: EntryWithContents['contents']): AsyncGenerator<Uint8Array> {
  yield* contents;
}

describe('an archive', () => {
  const name = fc.stringMatching(/^[a-z\u00e4\u4e16 \n=.-]{1,120}$/u).filter((text) => !text.endsWith('/'));
  const entry = fc.oneof(
    fc
      .tuple(name, fc.uint8Array({ maxLength: 2_000 }), fc.boolean())
      .map(([path, bytes, executable]) => fileEntry(path, Buffer.from(bytes), executable)),
    fc.tuple(name, name).map(([path, target]) => linkEntry(path, target)),
    name.map(folderEntry),
  );

  test('gives back what was put in, however it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 8 }),
        fc.integer({ min: 1, max: 3_000 }),
        async (entries, size) => {
          expect(await readBack(await collected(tarOf(entries)), size)).toEqual(await expected(entries));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('is the same whenever it is made', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 'b.txt': 'b', 'a/c': { executable: '#!' }, 'a/l': { link: 'c' } });
    const pack = () => collected(compressed(tarOf(folderEntries(folder, '', { folders: 'all' }))));
    const first = await pack();
    await writeFiles(folder, { 'b.txt': 'b' });
    expect(await pack()).toEqual(first);
  });

  test('is one that tar can unpack', async () => {
    const folder = await temporaryFolder();
    const long = `${'d'.repeat(90)}/${'\u00e4'.repeat(60)}.txt`;
    const archive = await collected(
      compressed(
        tarOf([
          fileEntry(long, Buffer.from('text')),
          fileEntry('run', Buffer.from('#!'), true),
          linkEntry('l', 'run'),
        ]),
      ),
    );
    await writeFile(join(folder, 'archive.tar.gz'), archive);
    await run('tar', ['-xzf', 'archive.tar.gz'], { cwd: folder });
    expect(await readFile(join(folder, long), 'utf8')).toBe('text');
    expect((await lstat(join(folder, 'run'))).mode & 0o777).toBe(0o755);
    expect(await readlink(join(folder, 'l'))).toBe('run');
  });

  test.each([
    ['is cut off', (archive: Buffer) => archive.subarray(0, 700)],
    ['is damaged', (archive: Buffer) => archive.fill('x', 20, 30)],
    ['has a hard link', (archive: Buffer) => withType(archive, '1')],
    ['has a device', (archive: Buffer) => withType(archive, '3')],
    ['has settings for all entries', (archive: Buffer) => withType(archive, 'g')],
  ])('is refused when it %s', async (_, change) => {
    const archive = await collected(tarOf([fileEntry('a', Buffer.alloc(600, 'a'))]));
    await expect(readBack(change(archive))).rejects.toThrow(MalformedArchive);
  });

  test('is refused when it is not compressed', async () => {
    const nonsense = inPieces(Buffer.from('nonsense'), 3);
    await expect(collected(decompressed(nonsense))).rejects.toThrow(MalformedArchive);
  });

  /** With the checksum that belongs to it. */
  function withType(archive: Buffer, type: string): Buffer {
    const before = archive[156] ?? 0;
    archive.write(type, 156);
    const sum = Number.parseInt(archive.toString('latin1', 148, 154), 8) - before + type.charCodeAt(0);
    archive.write(sum.toString(8).padStart(6, '0'), 148);
    return archive;
  }
});

describe('unpacking', () => {
  const unpacking = async (...entries: EntryWithContents[]) => {
    const folder = join(await temporaryFolder(), 'unpacked');
    await unpack(tarOf(entries), folder, { limits });
    return folder;
  };

  test('writes files, folders and links', async () => {
    const folder = await unpacking(
      linkEntry('bin/l', '../a'),
      fileEntry('a', Buffer.from('1')),
      folderEntry('empty'),
      fileEntry('bin/run', Buffer.from('#!'), true),
    );
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'a',
      'bin',
      'bin/l',
      'bin/run',
      'empty',
    ]);
    expect(await readFile(join(folder, 'bin/l'), 'utf8')).toBe('1');
    expect((await lstat(join(folder, 'bin/run'))).mode & 0o100).toBe(0o100);
  });

  const x = Buffer.from('x');
  test.each<[string, readonly EntryWithContents[]]>([
    ['that climb', [fileEntry('../a', x)]],
    ['that climb later', [fileEntry('a/../../b', x)]],
    ['that are absolute', [fileEntry('/tmp/a', x)]],
    ['of folders that climb', [folderEntry('../a')]],
    ['that lead out', [linkEntry('a', '../..')]],
    ['that lead out through another', [linkEntry('a', 'b'), linkEntry('b', '..')]],
    ['through a link', [linkEntry('a', '.'), fileEntry('a/b', x)]],
    ['through a link that comes later', [fileEntry('a/b', x), linkEntry('a', '/etc')]],
    ['below a file', [fileEntry('a', x), fileEntry('a/b', x)]],
    ['that are there twice', [fileEntry('a', x), fileEntry('a', x)]],
    ['of a repository', [fileEntry('.git/hooks/post-checkout', x)]],
    ['with a NUL', [linkEntry('a', 'b\0c')]],
  ])('refuses entries %s, and leaves nothing', async (_, entries) => {
    const parent = await temporaryFolder();
    const directory = join(parent, 'unpacked');
    const unpacked = unpack(tarOf(entries), directory, { limits });
    await expect(unpacked).rejects.toMatchObject({ code: 'UnsafeRepository' });
    expect(await readdir(parent)).toEqual([]);
  });

  test('refuses what is larger than it may be', async () => {
    const bomb = compressed(tarOf([fileEntry('a', Buffer.alloc(2_000_000))]));
    const directory = join(await temporaryFolder(), 'unpacked');
    await expect(unpack(decompressed(bomb), directory, { limits })).rejects.toMatchObject({
      code: 'RepositoryTooLarge',
    });
  });
});
