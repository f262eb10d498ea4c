import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Header } from 'tar';
import { inspectArchive } from '../../../../src/adapters/aws/artifact-store/inspect-archive.ts';
import { anArchive, fileEntry, folderEntry, linkEntry } from '../../../fixtures/archives.ts';

const file = (path: string, text = 'x') => fileEntry(path, Buffer.from(text));
/** As a network hands it out. */
const inChunks = (archive: Buffer, size = 1_000): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size);
    })(),
  );
const sha256 = (archive: Buffer) => createHash('sha256').update(archive).digest('hex');

describe('inspecting an archive', () => {
  test('gives its checksum, and counts what belongs to the application', async () => {
    const archive = await anArchive([
      file('manifest.json', '{}'),
      folderEntry('files'),
      fileEntry('files/data', randomBytes(300_000)),
      linkEntry('files/bin/link', '../data'),
      file('runtime/bin/node', 'elf'),
    ]);
    expect(await inspectArchive(inChunks(archive))).toEqual({
      digest: sha256(archive),
      files: 1,
      bytes: 300_000,
    });
  });

  test('covers bytes that follow the end of the entries', async () => {
    const archive = Buffer.concat([await anArchive([file('files/a')]), gzipSync(randomBytes(200_000))]);
    expect((await inspectArchive(inChunks(archive))).digest).toBe(sha256(archive));
  });

  test.each([
    ['leaves by its name', [file('files/../../etc/passwd')]],
    ['is absolute', [file('/etc/passwd')]],
    ['is a link out', [linkEntry('files/out', '../../etc')]],
    ['is an absolute link', [linkEntry('files/out', '/etc')]],
    [
      'leaves through another link',
      [linkEntry('files/deep/up', '../..'), linkEntry('files/deep/out', 'up/../etc')],
    ],
    ['is written through a link', [linkEntry('files/link', 'data'), file('files/link/x')]],
    ['is there twice', [file('files/a'), file('files/a')]],
  ])('fails with UnsafeRepository for an entry that %s', async (_, entries) => {
    const inspected = inspectArchive(inChunks(await anArchive(entries)));
    await expect(inspected).rejects.toMatchObject({ code: 'UnsafeRepository' });
  });

  test.each(['CharacterDevice', 'BlockDevice', 'FIFO', 'Link'] as const)(
    'fails with ArtifactCorrupt for a %s',
    async (type) => {
      const header = new Header({ path: 'files/x', type, size: 0, mode: 0o644, linkpath: 'files/y' });
      header.encode();
      const archive = gzipSync(Buffer.concat([header.block ?? Buffer.alloc(0), Buffer.alloc(1024)]));
      await expect(inspectArchive(inChunks(archive))).rejects.toMatchObject({ code: 'ArtifactCorrupt' });
    },
  );

  test('fails with ArtifactCorrupt for what is no archive, or half of one', async () => {
    const whole = await anArchive([fileEntry('files/a', randomBytes(100_000))]);
    const broken = [Buffer.alloc(0), Buffer.from('<html>'), gzipSync('text'), whole.subarray(0, 60_000)];
    for (const archive of broken) {
      await expect(inspectArchive(inChunks(archive))).rejects.toMatchObject({ code: 'ArtifactCorrupt' });
    }
  });

  test('fails with RepositoryTooLarge for a bomb without reading all of it', async () => {
    const header = new Header({ path: 'files/bomb', type: 'File', size: 8 * 1024 ** 3 - 1, mode: 0o644 });
    header.encode();
    const archive = gzipSync(header.block ?? Buffer.alloc(0));
    await expect(inspectArchive(inChunks(archive))).rejects.toMatchObject({ code: 'RepositoryTooLarge' });
  });
});
