import type { S3Client } from '@aws-sdk/client-s3';

/** Where artifacts lie: `artifacts/<id>/artifact.tar.gz` and, written last and removed first, `manifest.json` beside it. */
export interface ArtifactBucket {
  readonly s3: S3Client;
  readonly bucket: string;
}

export const ARTIFACT_PREFIX = 'artifacts/';
export const archiveKey = (id: string): string => `${ARTIFACT_PREFIX}${id}/artifact.tar.gz`;
export const manifestKey = (id: string): string => `${ARTIFACT_PREFIX}${id}/manifest.json`;

/** What an archive may hold, packed and unpacked. An instance has to download it and find room for it while it boots. */
export const MAX_ARCHIVE_BYTES = 1024 ** 3;
export const CONTENT_LIMITS = { bytes: 4 * 1024 ** 3, files: 400_000 };

/** Folder of the application in an archive. Beside it lie `manifest.json`, and what an instance needs to run it. */
export const FILES_FOLDER = 'files';

/** What S3 calls a key that is not there: `HeadObject` has no body to name it in. */
export const NOT_THERE = ['NoSuchKey', 'NotFound'];
