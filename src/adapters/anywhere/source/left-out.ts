import type { TreeEntry } from '../../../ports/source-repository.ts';

/** Reads at most `maxBytes` of a regular file. */
export type ReadEntry<Entry extends TreeEntry> = (entry: Entry, maxBytes: number) => Promise<string>;

/** Things that a checkout does not bring, for the operator to know. */
export async function whatIsLeftOut<Entry extends TreeEntry>(
  listing: readonly Entry[],
  read: ReadEntry<Entry>,
): Promise<readonly string[]> {
  const submodules = listing.filter(({ kind }) => kind === 'submodule').length;
  const pointers = await countLargeFilePointers(listing, read);
  return [
    ...(submodules > 0 ? [`submodules are not fetched: ${submodules} of them will be empty folders`] : []),
    ...(pointers > 0 ? [`files in Git LFS are not fetched: ${pointers} of them will be pointers`] : []),
  ];
}

export const isRegular = ({ kind }: TreeEntry): boolean => kind === 'file' || kind === 'executable';

/** The pointers of Git LFS are small text files; they are looked for only where the attributes speak of LFS. */
async function countLargeFilePointers<Entry extends TreeEntry>(
  listing: readonly Entry[],
  read: ReadEntry<Entry>,
): Promise<number> {
  // The size limit is that of the LFS specification; the others keep the look short in a hostile repository.
  const MAX_POINTER_BYTES = 1024;
  const MAX_READ = 2000;
  const texts = (entries: readonly Entry[]) =>
    Promise.all(entries.slice(0, MAX_READ).map((entry) => read(entry, 65_536)));
  const files = listing.filter(isRegular);
  const attributes = await texts(files.filter(({ path }) => /(?:^|\/)\.gitattributes$/.test(path)));
  if (!attributes.some((text) => text.includes('filter=lfs'))) return 0;
  const small = await texts(files.filter(({ bytes }) => bytes > 100 && bytes < MAX_POINTER_BYTES));
  return small.filter((text) => text.startsWith('version https://git-lfs.github.com/spec/')).length;
}
