import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeFolder } from '../artifact/remove-folder.ts';
import { folderWithin } from './application-folder.ts';

/** What package managers and build tools write down for their own next run, with times and paths in it. */
const RECORDS = [
  'node_modules/.cache',
  'node_modules/.modules.yaml',
  'node_modules/.pnpm-workspace-state.json',
  'node_modules/.pnpm-workspace-state-v1.json',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
  '.yarn/install-state.gz',
];

/** Removes what would give equal builds different artifacts. Links that the build has made lead nowhere here. */
export async function removeBuildRecords(folder: string): Promise<void> {
  for (const record of RECORDS) {
    const parent = await folderWithin(folder, dirname(record));
    if (parent === undefined) continue;
    const path = join(parent, basename(record));
    if (lstatSync(path, { throwIfNoEntry: false })) await removeFolder(path);
  }
}
