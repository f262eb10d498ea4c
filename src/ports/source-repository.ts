import type { ResolvedSource, Source } from '../domain/deployment.ts';

export type { ResolvedSource };

export interface TreeEntry {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly kind: 'file' | 'executable' | 'symlink' | 'submodule';
  readonly bytes: number;
}

/** The files of a commit, read-only and without executing or following anything. */
export interface SourceTree {
  readonly entries: readonly TreeEntry[];
  /** The text of a file, at most `maxBytes` of it (default 256 KiB); undefined when there is no such regular file. */
  read(path: string, maxBytes?: number): Promise<string | undefined>;
}

/** Where code comes from. Repository contents are hostile: nothing in them is executed here. */
export interface SourceRepository {
  /**
   * Fetches the source and fixes the commit.
   * @throws {HiveMindError} UnsafeSource, SourceNotFound, NotARepository, EmptyRepository, RefNotFound,
   *   SourceAccessDenied, SourceUnreachable, RepositoryTooLarge, UnsafeRepository, UnsupportedSource, ToolMissing, Cancelled
   */
  resolve(source: Source, signal?: AbortSignal): Promise<ResolvedSource>;
  /** @throws {HiveMindError} UnsafeRepository; SourceNotFound: the stored copy is gone */
  open(source: ResolvedSource): Promise<SourceTree>;
  /**
   * Writes a clean checkout into `directory`, which must not exist. Symbolic links that leave the folder, submodules with
   * unsafe addresses and names that a file system would confuse are refused.
   * @throws {HiveMindError} UnsafeRepository, DiskFull, Cancelled; SourceNotFound: the stored copy is gone
   */
  checkout(source: ResolvedSource, directory: string, signal?: AbortSignal): Promise<void>;
  /** Removes the stored copy of a source, unless another source shares it; does nothing when there is none. */
  forget(source: Source): Promise<void>;
}
