import type { S3Client } from '@aws-sdk/client-s3';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { findArtifact } from './artifact-store/find.ts';
import { listArtifacts } from './artifact-store/list.ts';
import { putArtifact } from './artifact-store/put.ts';
import { removeArtifact } from './artifact-store/remove.ts';
import { unpackArtifact } from './artifact-store/unpack.ts';

/** Artifacts as archives in the artifact bucket; the id of one is the SHA-256 of its archive. */
export function awsArtifactStore(s3: S3Client, bucket: string): ArtifactStore {
  const store = { s3, bucket };
  return {
    put: (directory, facts) => putArtifact(store, directory, facts),
    find: (id) => findArtifact(store, id),
    unpack: (id, directory) => unpackArtifact(store, id, directory),
    remove: (id) => removeArtifact(store, id),
    list: () => listArtifacts(store),
  };
}
