import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { pathExists } from '../../../src/adapters/anywhere/path-exists.ts';
import { external } from '../external-program.ts';
import { PLACES } from '../places.ts';
import { InstanceFailure } from '../program-failure.ts';
import { checkEntries } from './archive-entries.ts';

/** What a disk needs besides the release: logs, packages, the application's own files. */
const SPARE_BYTES = 512 * 1024 * 1024;
const UNPACK_SECONDS = 600;
/** An artifact may have 400,000 files. */
const MAX_LISTING_BYTES = 256 * 1024 ** 2;
const ID = /^sha256-[0-9a-f]{64}$/;

/** Unpacks an artifact beside the others, as the boot script does, if it is not there. @throws {InstanceFailure} */
export async function fetchRelease(artifact: string, address: string): Promise<void> {
  if (!ID.test(artifact)) throw new InstanceFailure('the id of the artifact is not a checksum');
  if (await pathExists(join(PLACES.releases, artifact))) return;
  try {
    await download(artifact, address);
    await unpack(artifact);
  } finally {
    await rm(PLACES.archive, { force: true });
  }
}

async function download(artifact: string, address: string): Promise<void> {
  const answer = await fetch(address).catch(() => undefined);
  if (!answer?.ok || !answer.body) {
    const why = answer ? `the store answered ${answer.status}` : 'the store did not answer';
    throw new InstanceFailure(`the artifact ${artifact} cannot be fetched: ${why}`);
  }
  await checkRoom(Number(answer.headers.get('content-length') ?? 0), 'the artifact');
  const hash = createHash('sha256');
  try {
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(PLACES.archive));
    for await (const chunk of createReadStream(PLACES.archive)) hash.update(chunk);
  } catch {
    throw new InstanceFailure(`the artifact ${artifact} cannot be fetched: the transfer broke off`);
  }
  const found = `sha256-${hash.digest('hex')}`;
  if (found === artifact) return;
  throw new InstanceFailure(`the artifact ${artifact} is not what was built: its checksum is ${found}`);
}

async function unpack(artifact: string): Promise<void> {
  const listing = await external(
    'tar',
    ['--list', '--verbose', '--numeric-owner', '--quoting-style=escape', '--gzip', '--file', PLACES.archive],
    { timeoutSeconds: UNPACK_SECONDS, maxOutputBytes: MAX_LISTING_BYTES },
  );
  await checkRoom(checkEntries(listing, artifact), 'the unpacked artifact');
  const unfinished = join(PLACES.releases, `${artifact}~`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await external(
    'tar',
    [
      '--extract',
      '--gzip',
      '--file',
      PLACES.archive,
      '--directory',
      unfinished,
      '--no-same-owner',
      '--no-same-permissions',
    ],
    { timeoutSeconds: UNPACK_SECONDS },
  );
  await external('sync', ['--file-system', unfinished], { timeoutSeconds: UNPACK_SECONDS });
  await rename(unfinished, join(PLACES.releases, artifact));
}

const mebibytes = (bytes: number): number => Math.floor(bytes / 1024 ** 2);

/** @throws {InstanceFailure} */
async function checkRoom(bytes: number, what: string): Promise<void> {
  await mkdir(PLACES.releases, { recursive: true });
  const { bavail, bsize } = await statfs(PLACES.releases);
  const free = bavail * bsize;
  if (free >= bytes + SPARE_BYTES) return;
  throw new InstanceFailure(
    `the disk is too small for ${what}: ${mebibytes(bytes)} MiB and ${mebibytes(SPARE_BYTES)} MiB to spare are needed, ${mebibytes(free)} MiB are free`,
  );
}
