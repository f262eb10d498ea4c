import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { compressed } from '../../src/adapters/anywhere/archive/gzip.ts';
import {
  type EntryWithContents,
  fileEntry,
  fileEntryOf,
  folderEntries,
  folderEntry,
  linkEntry,
  tarOf,
} from '../../src/adapters/anywhere/archive/tar-writer.ts';
import { sealedTree } from '../../src/adapters/anywhere/artifact/sealed-tree.ts';
import type { SealedTree } from '../../src/adapters/anywhere/artifact/tree.ts';
import type { ArtifactFacts } from '../../src/ports/artifact-store.ts';

export interface PackedArtifact extends SealedTree {
  readonly archiveSha256: string;
}

export interface ArtifactParts {
  /** The application. */
  readonly directory: string;
  readonly facts: ArtifactFacts;
  /** The Node that instances run it with. */
  readonly node: string | undefined;
  /** Folder of the npm that instances start it with, when they do. */
  readonly npm: string | undefined;
  /** The program that instances start and stop it with. */
  readonly instanceProgram: Buffer | undefined;
}

/** Compresses little and fast: of what is large, most is a runtime that compresses badly. */
const COMPRESSION_LEVEL = 4;

/**
 * Writes the archive of an artifact. Equal parts give equal bytes.
 * @throws {HiveMindError} UnsafeRepository: a link leaves the application
 */
export async function packArtifact(parts: ArtifactParts, file: string): Promise<PackedArtifact> {
  const sealed = sealedTree(parts.directory);
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const archive = compressed(tarOf(entriesOf(parts, sealed)), COMPRESSION_LEVEL);
  await pipeline(archive, hashed, createWriteStream(file));
  return { ...sealed, archiveSha256: hash.digest('hex') };
}

async function* entriesOf(parts: ArtifactParts, sealed: SealedTree): AsyncGenerator<EntryWithContents> {
  const { directory, facts, node, npm, instanceProgram } = parts;
  yield fileEntry('manifest.json', Buffer.from(JSON.stringify({ version: 1, ...facts, ...sealed })));
  yield folderEntry('files');
  yield* folderEntries(directory, 'files/', { folders: 'all' });
  if (instanceProgram) yield fileEntry('instance/instance.mjs', instanceProgram);
  if (node) yield await fileEntryOf(node, 'runtime/bin/node', true);
  if (npm) yield* npmEntries(npm);
}

/** Where Node's own distribution has it. Its manuals, a fifth of it, stay behind. */
async function* npmEntries(folder: string): AsyncGenerator<EntryWithContents> {
  const inside = 'lib/node_modules/npm';
  for (const name of ['npm', 'npx']) {
    yield linkEntry(`runtime/bin/${name}`, `../${inside}/bin/${name}-cli.js`);
  }
  const manuals = ['docs/', 'man/'].map((name) => `runtime/${inside}/${name}`);
  for await (const entry of folderEntries(folder, `runtime/${inside}/`, { folders: 'empty' })) {
    if (!manuals.some((prefix) => entry.path.startsWith(prefix))) yield entry;
  }
}

/** Where the Node of a runtime's folder is; without a folder, the one that runs this program. */
export const nodeIn = (runtimeFolder: string | undefined): string =>
  runtimeFolder === undefined ? process.execPath : join(runtimeFolder, 'node');
