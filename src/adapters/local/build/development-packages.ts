import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { systemErrorCode } from '../../../domain/errors.ts';
import { jsonOrUndefined } from '../../../domain/json.ts';

const textRecord = z.record(z.string(), z.string()).catch({});
const manifestShape = z.object({ scripts: textRecord, devDependencies: textRecord });

/** Scripts that npm runs by itself during an install; `prepare` is often a program of a development package. */
const INSTALL_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
];

/** Whether an application without a build step may yet need the packages it declares for development. */
export async function needsDevelopmentPackages(folder: string): Promise<boolean> {
  const text = await manifestText(join(folder, 'package.json'));
  const manifest = manifestShape.safeParse(text === undefined ? {} : jsonOrUndefined(text));
  if (!manifest.success) return true;
  const { scripts, devDependencies } = manifest.data;
  const start = scripts['start'] ?? 'node';
  const isPlainNode =
    /^node\b/.test(start) && !Object.keys(devDependencies).some((name) => start.includes(name));
  return !isPlainNode || INSTALL_SCRIPTS.some((name) => scripts[name] !== undefined);
}

async function manifestText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
