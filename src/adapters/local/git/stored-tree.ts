import { StringDecoder } from 'node:string_decoder';
import type { SourceTree } from '../../../ports/source-repository.ts';
import { isRegular, whatIsLeftOut } from '../../anywhere/source/left-out.ts';
import { unreadableCopy } from '../../anywhere/source/nothing-to-fetch.ts';
import { submoduleDanger } from '../../anywhere/source/submodule-danger.ts';
import {
  assertSafeLinks,
  assertSafeNames,
  MAX_LINK_BYTES,
  unsafe,
} from '../../anywhere/source/tree-safety.ts';
import { runGit } from './git-process.ts';
import type { Mirror } from './mirror.ts';
import { ObjectReader } from './object-reader.ts';
import type { ListedEntry } from './tree-listing.ts';

const DEFAULT_MAX_BYTES = 256 * 1024;

/** A tree in a mirror, as the port shows it. */
export function storedTree(mirror: Mirror, listing: readonly ListedEntry[]): SourceTree {
  const reader = new ObjectReader(mirror.folder, mirror.environment);
  const byPath = new Map(listing.map((entry) => [entry.path, entry]));
  return {
    entries: listing.map(({ path, kind, bytes }) => ({ path, kind, bytes })),
    read: async (path, maxBytes = DEFAULT_MAX_BYTES) => {
      const entry = byPath.get(path);
      if (entry === undefined || !isRegular(entry)) return undefined;
      return readText(reader, entry, maxBytes);
    },
  };
}

/** Refuses a tree that could do harm by being written down. @throws {HiveMindError} UnsafeRepository */
export async function assertSafeTree(mirror: Mirror, listing: readonly ListedEntry[]): Promise<void> {
  assertSafeNames(listing);
  const links = listing.filter(({ kind }) => kind === 'symlink');
  if (links.length > 0) assertSafeLinks(await linkTargets(mirror, links));
  const submodules = listing.find(({ path }) => path === '.gitmodules');
  if (submodules) await assertSafeSubmodules(mirror, submodules.objectId);
}

/** Things that a checkout does not bring, for the operator to know. */
export async function leftOutOf(mirror: Mirror, listing: readonly ListedEntry[]): Promise<readonly string[]> {
  const reader = new ObjectReader(mirror.folder, mirror.environment);
  return whatIsLeftOut(listing, (entry, maxBytes) => readText(reader, entry, maxBytes));
}

async function readText(reader: ObjectReader, entry: ListedEntry, maxBytes: number): Promise<string> {
  const content = await contentOf(reader, entry, maxBytes);
  // A decoder leaves out a character that the limit cuts in two.
  return entry.bytes > maxBytes ? new StringDecoder('utf8').write(content) : content.toString();
}

async function contentOf(reader: ObjectReader, entry: ListedEntry, maxBytes: number): Promise<Buffer> {
  const blob = await reader.read(entry.objectId, maxBytes);
  if (blob === undefined) throw unreadableCopy();
  return blob.content;
}

async function linkTargets(
  mirror: Mirror,
  links: readonly ListedEntry[],
): Promise<ReadonlyMap<string, string>> {
  const reader = new ObjectReader(mirror.folder, mirror.environment);
  const targets = await Promise.all(
    links.map(async (link): Promise<[string, string]> => {
      const target = await contentOf(reader, link, MAX_LINK_BYTES + 1);
      return [link.path, target.toString()];
    }),
  );
  return new Map(targets);
}

async function assertSafeSubmodules(mirror: Mirror, objectId: string): Promise<void> {
  const result = await runGit({
    args: ['config', '--null', '--list', '--blob', objectId],
    environment: mirror.environment,
    directory: mirror.folder,
  });
  if (result.exitCode !== 0) throw unsafe('.gitmodules', 'is not one that git can read');
  for (const setting of result.output.toString().split('\0')) {
    const [key = '', ...lines] = setting.split('\n');
    const danger = submoduleDanger(key, lines.join('\n'));
    if (danger !== undefined) throw unsafe('.gitmodules', danger);
  }
}
