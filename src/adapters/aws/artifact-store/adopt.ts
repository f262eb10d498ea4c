import { Readable } from 'node:stream';
import { CopyObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';
import { RUNTIMES } from '../../../domain/plan.ts';
import type { ArtifactFacts, ArtifactManifest } from '../../../ports/artifact-store.ts';
import { asked, askedUnless } from '../aws-failure.ts';
import { type ArtifactBucket, archiveKey, NOT_THERE } from './bucket.ts';
import { findIntact } from './find.ts';
import { inspectArchive } from './inspect-archive.ts';
import { storeManifest } from './store-manifest.ts';

const shortText = z.string().max(1_000);
const component = z.strictObject({
  name: z.string().max(214),
  version: z.string().max(214),
  purl: shortText,
});

/** What an untrusted build says of its artifact. The store counts files and bytes itself. */
export const buildFacts = z.object({
  commit: shortText,
  tree: shortText,
  root: shortText,
  runtime: z.enum(RUNTIMES),
  runtimeVersion: z.string().max(50),
  environmentNames: z.array(z.string().max(300)).max(1_000),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
  sbom: z.array(component).max(50_000),
});
export type BuildFacts = z.infer<typeof buildFacts>;

export interface Adoption {
  /** Where the build has put its archive. */
  readonly sourceKey: string;
  /** The build's description of it, not parsed yet. */
  readonly facts: unknown;
  /** What the build was asked for: facts that say otherwise are refused. */
  readonly expected?: Partial<Pick<ArtifactFacts, 'commit' | 'tree' | 'root' | 'runtime'>>;
}

/**
 * Makes the archive that a build has uploaded an artifact, under the checksum of exactly the bytes that were looked at. Safe to
 * call again.
 * @throws {HiveMindError} ArtifactNotFound: there is no archive; ArtifactCorrupt; UnsafeRepository; RepositoryTooLarge
 */
export async function adoptArtifact(
  s3: S3Client,
  bucket: string,
  { sourceKey, facts, expected = {} }: Adoption,
): Promise<ArtifactManifest> {
  const store: ArtifactBucket = { s3, bucket };
  const parsed = parsedFacts(facts, expected);
  const { eTag, digest, files, bytes } = await inspected(store, sourceKey);
  const manifest = { version: 1, ...parsed, id: `sha256-${digest}`, files, bytes } as const;
  const stored = await findIntact(store, manifest.id);
  if (stored) return stored;
  // The build may still be able to write there: only what was inspected is copied.
  const copied = s3.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key: archiveKey(manifest.id),
      CopySource: `${bucket}/${sourceKey.split('/').map(encodeURIComponent).join('/')}`,
      ...(eTag !== undefined && { CopySourceIfMatch: eTag }),
    }),
  );
  const done = await askedUnless(copied, ['PreconditionFailed'], `store the artifact ${manifest.id}`);
  if (!done) throw notWhatWasAsked('its archive changed while it was looked at');
  await storeManifest(store, manifest);
  return manifest;
}

function parsedFacts(facts: unknown, expected: NonNullable<Adoption['expected']>): BuildFacts {
  const parsed = buildFacts.safeParse(facts);
  if (!parsed.success) throw notWhatWasAsked('its description cannot be read', parsed.error);
  for (const key of ['commit', 'tree', 'root', 'runtime'] as const) {
    const wanted = expected[key];
    if (wanted !== undefined && parsed.data[key] !== wanted) throw notWhatWasAsked(`it has another ${key}`);
  }
  return parsed.data;
}

async function inspected({ s3, bucket }: ArtifactBucket, sourceKey: string) {
  const what = `read the archive of the build (${sourceKey})`;
  const uploaded = s3.send(new GetObjectCommand({ Bucket: bucket, Key: sourceKey }));
  const answer = await askedUnless(uploaded, NOT_THERE, what);
  if (!(answer?.Body instanceof Readable)) {
    throw new HiveMindError('ArtifactNotFound', 'the build has uploaded no archive', {
      hint: 'run the command again: the application is then built anew',
    });
  }
  return { eTag: answer.ETag, ...(await asked(inspectArchive(answer.Body), what)) };
}

const notWhatWasAsked = (why: string, cause?: unknown): HiveMindError =>
  new HiveMindError('ArtifactCorrupt', `what the build gave is not what was asked for: ${why}`, {
    hint: 'run the command again: the application is then built anew',
    cause,
  });
