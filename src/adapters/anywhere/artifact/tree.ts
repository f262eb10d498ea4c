import { createHash, hash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SbomComponent } from '../../../ports/artifact-store.ts';
import { leavesFolder } from './links.ts';
import { installedPackage } from './sbom.ts';

export interface SealedTree {
  readonly checksum: string;
  readonly files: number;
  readonly bytes: number;
  readonly sbom: readonly SbomComponent[];
}

/** The tree holds something that must not become an artifact. */
export class RefusedTree extends Error {}

const READ_BYTES = 1024 * 1024;
const EXECUTABLE = 0o755;
const PLAIN = 0o644;

/**
 * Makes a folder fit to be an artifact and describes it, in one walk: refuses symbolic links that leave it, removes sockets,
 * pipes and devices, and leaves of the modes only the executable bit (no set-user-id, nothing unreadable). The checksum covers
 * path, kind, executable bit, link target and contents of every entry, and no times.
 *
 * Works synchronously, which is several times faster than the asynchronous calls: run it in a worker thread.
 * @throws {RefusedTree}
 */
export function sealTree(root: string): SealedTree {
  const walk = new TreeWalk(root);
  walk.folder('');
  return walk.result();
}

class TreeWalk {
  readonly #root: string;
  readonly #checksum = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #packages = new Map<string, SbomComponent>();
  #files = 0;
  #bytes = 0;

  constructor(root: string) {
    this.#root = root;
  }

  result(): SealedTree {
    return {
      checksum: this.#checksum.digest('hex'),
      files: this.#files,
      bytes: this.#bytes,
      sbom: [...this.#packages.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
    };
  }

  /** `path` is relative to the root and ends with a slash, or is empty for the root itself. */
  folder(path: string): void {
    const absolute = join(this.#root, path);
    setMode(absolute, lstatSync(absolute), EXECUTABLE);
    for (const name of readdirSync(absolute).sort()) {
      if (name.includes('\uFFFD')) throw new RefusedTree(`the name of "${path}${name}" is not valid UTF-8`);
      this.#entry(`${path}${name}`);
    }
  }

  #entry(path: string): void {
    const absolute = join(this.#root, path);
    const status = lstatSync(absolute);
    if (status.isDirectory()) {
      this.#add(path, 'folder', '');
      this.folder(`${path}/`);
    } else if (status.isSymbolicLink()) {
      if (leavesFolder(this.#root, absolute)) {
        throw new RefusedTree(
          `the link "${path}" leads to "${readlinkSync(absolute)}", outside of the application`,
        );
      }
      this.#add(path, 'link', readlinkSync(absolute));
    } else if (status.isFile()) {
      const executable = (status.mode & 0o100) !== 0;
      setMode(absolute, status, executable ? EXECUTABLE : PLAIN);
      this.#add(path, executable ? 'executable' : 'file', this.#contents(path, absolute, status.size));
      this.#files += 1;
      this.#bytes += status.size;
    } else {
      unlinkSync(absolute);
    }
  }

  #add(path: string, kind: 'folder' | 'link' | 'executable' | 'file', value: string): void {
    this.#checksum.update(`${JSON.stringify([path, kind, value])}\n`);
  }

  /** SHA-256 of a file. A file that fits into the buffer is hashed in one call, which is much faster for small ones. */
  #contents(path: string, absolute: string, size: number): string {
    const file = openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      let length = readSync(file, this.#buffer);
      if (length === size && length < READ_BYTES) {
        const contents = this.#buffer.subarray(0, length);
        const found = installedPackage(path, contents);
        if (found) this.#packages.set(found.purl, found);
        return hash('sha256', contents);
      }
      const digest = createHash('sha256');
      for (; length > 0; length = readSync(file, this.#buffer))
        digest.update(this.#buffer.subarray(0, length));
      return digest.digest('hex');
    } finally {
      closeSync(file);
    }
  }
}

function setMode(path: string, status: Stats, mode: number): void {
  if ((status.mode & 0o7777) !== mode) chmodSync(path, mode);
}
