import { submoduleDanger } from '../../anywhere/source/submodule-danger.ts';
import {
  assertSafeLinks,
  assertSafeNames,
  MAX_LINK_BYTES,
  unsafe,
} from '../../anywhere/source/tree-safety.ts';
import { gitSettings, UnreadableSettings } from './git-settings.ts';
import type { GitTree, GitTreeEntry } from './git-tree.ts';

/** Refuses a tree that could do harm by being written down. @throws {HiveMindError} UnsafeRepository */
export async function assertSafeTree(files: GitTree, listing: readonly GitTreeEntry[]): Promise<void> {
  assertSafeNames(listing.map((entry) => ({ ...entry, bytes: 0 })));
  const targets = new Map<string, string>();
  for (const { path, kind, objectId } of listing) {
    if (kind !== 'symlink') continue;
    const target = await files.read(objectId);
    targets.set(path, target.toString('utf8', 0, MAX_LINK_BYTES + 1));
  }
  assertSafeLinks(targets);
  const submodules = listing.find(({ path, kind }) => path === '.gitmodules' && kind !== 'submodule');
  if (submodules) assertSafeSubmodules((await files.read(submodules.objectId)).toString());
}

function assertSafeSubmodules(text: string): void {
  try {
    for (const [key, value] of gitSettings(text)) {
      const danger = submoduleDanger(key, value);
      if (danger !== undefined) throw unsafe('.gitmodules', danger);
    }
  } catch (error) {
    if (!(error instanceof UnreadableSettings)) throw error;
    throw unsafe('.gitmodules', 'is not one that git can read');
  }
}
