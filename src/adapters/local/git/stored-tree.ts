import { StringDecoder } from 'node:string_decoder';
import { couldRunProgram } from '../../../domain/source.ts';
import type { SourceTree, TreeEntry } from '../../../ports/source-repository.ts';
import { runGit } from './git-process.ts';
import type { Mirror } from './mirror.ts';
import { ObjectReader, unreadableCopy } from './object-reader.ts';
import type { ListedEntry } from './tree-listing.ts';
import { assertSafeLinks, assertSafeNames, MAX_LINK_BYTES, unsafe } from './tree-safety.ts';

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
export async function whatIsLeftOut(
  mirror: Mirror,
  listing: readonly ListedEntry[],
): Promise<readonly string[]> {
  const submodules = listing.filter(({ kind }) => kind === 'submodule').length;
  const pointers = await countLargeFilePointers(mirror, listing);
  return [
    ...(submodules > 0 ? [`submodules are not fetched: ${submodules} of them will be empty folders`] : []),
    ...(pointers > 0 ? [`files in Git LFS are not fetched: ${pointers} of them will be pointers`] : []),
  ];
}

const isRegular = ({ kind }: TreeEntry): boolean => kind === 'file' || kind === 'executable';

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

/** @param key `submodule.<name>.<variable>`, where the name may contain dots */
function submoduleDanger(key: string, value: string): string | undefined {
  const name = key.slice(key.indexOf('.') + 1, key.lastIndexOf('.'));
  const variable = key.slice(key.lastIndexOf('.') + 1).toLowerCase();
  if (/(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name))
    return `has a submodule whose name leaves its folder, "${name}"`;
  if (variable === 'update' && value.startsWith('!'))
    return `has a submodule that runs a command, "${value}"`;
  if (variable === 'url' && couldRunProgram(value))
    return `has a submodule with the unsafe address "${value}"`;
  if (variable === 'path' && /^-|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(value)) {
    return `has a submodule with the unsafe path "${value}"`;
  }
  return undefined;
}

/** The pointers of Git LFS are small text files; they are looked for only where the attributes speak of LFS. */
async function countLargeFilePointers(mirror: Mirror, listing: readonly ListedEntry[]): Promise<number> {
  // The size limit is that of the LFS specification; the others keep the look short in a hostile repository.
  const MAX_POINTER_BYTES = 1024;
  const MAX_READ = 2000;
  const reader = new ObjectReader(mirror.folder, mirror.environment);
  const texts = (entries: readonly ListedEntry[]) =>
    Promise.all(entries.slice(0, MAX_READ).map((entry) => readText(reader, entry, 65_536)));
  const files = listing.filter(isRegular);
  const attributes = await texts(files.filter(({ path }) => /(?:^|\/)\.gitattributes$/.test(path)));
  if (!attributes.some((text) => text.includes('filter=lfs'))) return 0;
  const small = await texts(files.filter(({ bytes }) => bytes > 100 && bytes < MAX_POINTER_BYTES));
  return small.filter((text) => text.startsWith('version https://git-lfs.github.com/spec/')).length;
}
