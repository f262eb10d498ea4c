import type { RuntimeName } from '../domain/plan.ts';

export interface SbomComponent {
  readonly name: string;
  readonly version: string;
  /** Package URL, `pkg:npm/express@5.1.0`. */
  readonly purl: string;
}

/** What an artifact is; stored with it and never changed. */
export interface ArtifactManifest {
  readonly version: 1;
  /** `sha256-` and 64 hex digits over the contents and this manifest's other fields. */
  readonly id: string;
  readonly commit: string;
  readonly tree: string;
  readonly root: string;
  readonly runtime: RuntimeName;
  /** Exact version of the runtime the build used. */
  readonly runtimeVersion: string;
  readonly environmentNames: readonly string[];
  /** Digest of the file tree: paths, modes and contents. */
  readonly checksum: string;
  readonly files: number;
  readonly bytes: number;
  readonly sbom: readonly SbomComponent[];
}

/** What only the builder knows of an artifact; the store reads the rest from the files. */
export type ArtifactFacts = Pick<
  ArtifactManifest,
  'commit' | 'tree' | 'root' | 'runtime' | 'runtimeVersion' | 'environmentNames'
>;

/** Immutable, content-addressed builds. */
export interface ArtifactStore {
  /**
   * Moves the contents of `directory` into the store; the directory is gone afterwards. Storing the same contents twice is
   * one artifact.
   * @throws {HiveMindError} UnsafeRepository: a link leaves the folder; DiskFull
   */
  put(directory: string, facts: ArtifactFacts): Promise<ArtifactManifest>;
  /** @throws {HiveMindError} ArtifactCorrupt */
  find(id: string): Promise<ArtifactManifest | undefined>;
  /** Copies the artifact's files into `directory`, which must not exist. @throws {HiveMindError} ArtifactNotFound, DiskFull */
  unpack(id: string, directory: string): Promise<void>;
  /** Does nothing when it is not there. */
  remove(id: string): Promise<void>;
  list(): Promise<readonly string[]>;
}
