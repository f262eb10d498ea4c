import type { ResolvedSource, Source } from '../../../domain/deployment.ts';
import { asHiveMindError } from '../../../domain/errors.ts';
import { collected, compressed } from '../../anywhere/archive/gzip.ts';
import { folderEntries, tarOf } from '../../anywhere/archive/tar-writer.ts';
import {
  addUser,
  archiveKey,
  isStored,
  rememberCommit,
  repositoryKey,
  type SourceBucket,
  storeArchive,
} from './stored-source.ts';

export interface PublishedSource {
  /** What the operator named: the source is forgotten by it. */
  readonly source: Source;
  /** What the git of the operator's machine resolved it to. */
  readonly resolved: ResolvedSource;
  /** A clean checkout of it, without `.git`. */
  readonly directory: string;
}

/**
 * Stores a source that only the operator's machine can reach, as if the control plane had fetched it. The result is the same
 * commit, known there.
 * @throws {HiveMindError} the errors of S3
 */
export async function publishSource(
  store: SourceBucket,
  { source, resolved, directory }: PublishedSource,
): Promise<ResolvedSource> {
  const published = { ...resolved, repository: repositoryKey(source) };
  if (!(await isStored(store, archiveKey(published)))) {
    try {
      const archive = compressed(tarOf(folderEntries(directory, '', { folders: 'empty' })));
      await storeArchive(store, published, await collected(archive));
    } catch (error) {
      throw asHiveMindError(error);
    }
  }
  await rememberCommit(store, published);
  await addUser(store, source);
  return published;
}
