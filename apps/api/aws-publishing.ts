import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishSource } from '../../src/adapters/aws/source-repository/publish.ts';
import type { SourceBucket } from '../../src/adapters/aws/source-repository/stored-source.ts';
import { type Home, prepareHome } from '../../src/adapters/local/home.ts';
import { localSourceRepository } from '../../src/adapters/local/source-repository.ts';
import type { ResolvedSource, Source } from '../../src/domain/deployment.ts';

/**
 * Stores what only the operator's machine can reach where the control plane can: a folder, or a repository behind an ssh key. Undefined
 * for an https address, which the control plane fetches itself.
 * @throws {HiveMindError} what resolving and checking out a source throws, and the errors of S3
 */
export async function publishFromHere(
  home: Home,
  bucket: SourceBucket,
  source: Source,
): Promise<ResolvedSource | undefined> {
  if (source.kind === 'git' && source.url.startsWith('https:')) return undefined;
  prepareHome(home);
  const sources = localSourceRepository({ home });
  const resolved = await sources.resolve(source);
  const folder = await mkdtemp(join(tmpdir(), 'hivemind-source-'));
  try {
    const directory = join(folder, 'files');
    await sources.checkout(resolved, directory);
    return await publishSource(bucket, { source, resolved, directory });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
