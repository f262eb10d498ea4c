import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import semver from 'semver';
import type { RuntimeName } from '../../../domain/plan.ts';
import type { Home } from '../home.ts';
import { NODE } from './node-runtime.ts';
import { toolFolder } from './tool-installer.ts';

/**
 * The folder to put first in the PATH of what runs on the version of a runtime that a build used; undefined for Python, which
 * is the machine's own.
 */
export function runtimeDirectory(home: Home, runtime: RuntimeName, version: string): string | undefined {
  if (runtime === 'python') return undefined;
  if (version === process.versions.node) return dirname(process.execPath);
  return join(toolFolder(home, NODE, version), 'bin');
}

/** Folders with the newest package managers that builds have brought, for start commands that are theirs (`pnpm exec`). */
export async function packageManagerDirectories(home: Home): Promise<readonly string[]> {
  const folders = await readdir(home.folder('runtimes'));
  // Yarn 1 runs the scripts of any package; the later ones refuse those that they have not installed.
  return ['pnpm', 'yarn', 'yarn-berry'].flatMap((name) => {
    const versions = folders
      .filter((folder) => folder.startsWith(`${name}-`))
      .map((folder) => folder.slice(name.length + 1));
    const newest = semver.maxSatisfying(versions, '*');
    return newest === null ? [] : [home.folder('runtimes', `${name}-${newest}`, 'node_modules/.bin')];
  });
}
