import type * as fs from 'node:fs';
import { readBlob, readTree } from 'isomorphic-git';
import type { TreeEntry } from '../../../ports/source-repository.ts';
import { type SourceLimits, tooLarge } from '../../anywhere/source/source-size.ts';

export interface GitTreeEntry extends Omit<TreeEntry, 'bytes'> {
  readonly objectId: string;
}

interface ObjectStore {
  readonly fs: typeof fs;
  readonly gitdir: string;
  readonly cache: object;
}

const KINDS: Readonly<Record<string, TreeEntry['kind']>> = {
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

/** Reads trees and files out of the object store of a fetched commit. */
export class GitTree {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /**
   * All files of a tree, sorted by path. Folders count like files: a tree can hold itself many times over.
   * @throws {HiveMindError} RepositoryTooLarge
   */
  async list(tree: string, limits: SourceLimits): Promise<readonly GitTreeEntry[]> {
    const found: GitTreeEntry[] = [];
    const folders = [{ path: '', oid: tree }];
    for (let visited = 0; ; visited += 1) {
      const folder = folders.pop();
      if (folder === undefined) break;
      const { tree: entries } = await readTree({ ...this.#store, oid: folder.oid });
      for (const { path: name, type, mode, oid } of entries) {
        const path = `${folder.path}${name}`;
        if (type === 'tree') folders.push({ path: `${path}/`, oid });
        else found.push({ path, kind: KINDS[mode.padStart(6, '0')] ?? 'file', objectId: oid });
      }
      if (found.length + folders.length + visited > limits.files) {
        throw tooLarge(`more than ${limits.files} files and folders`);
      }
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async read(objectId: string): Promise<Buffer> {
    const { blob } = await readBlob({ ...this.#store, oid: objectId });
    return Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  }
}
