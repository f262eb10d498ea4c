import { join } from 'node:path';
import semver from 'semver';
import { HiveMindError } from '../../../domain/errors.ts';
import { type BringTool, type Tool, ToolNotInstalled } from './tool-installer.ts';

export interface NodeRuntime {
  readonly version: string;
  readonly executable: string;
}

/**
 * Our own Node when it is in the range, else one that npm delivers.
 * @throws {HiveMindError} RuntimeNotAvailable
 */
export async function nodeRuntime(range: string | null, bring: BringTool): Promise<NodeRuntime> {
  if (range === null || semver.satisfies(process.versions.node, range)) {
    return { version: process.versions.node, executable: process.execPath };
  }
  if (semver.validRange(range) === null) throw unavailable(range, 'which is not a range of versions');
  try {
    const { version, folder } = await bring({ ...NODE, range });
    return { version, executable: join(folder, 'bin/node') };
  } catch (error) {
    if (!(error instanceof ToolNotInstalled)) throw error;
    const why = error.noSuchVersion
      ? `which does not exist for ${process.platform} on ${process.arch}`
      : 'which could not be fetched from the npm registry';
    throw unavailable(range, why, error);
  }
}

/** The package `node` itself chooses by platform in a script; these are the ones it chooses from. */
const packagePrefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
export const NODE = {
  name: 'node',
  packageName: `${packagePrefix}-${process.platform}-${process.arch}`,
  range: '*',
} satisfies Tool;

const unavailable = (range: string, why: string, cause?: ToolNotInstalled): HiveMindError =>
  new HiveMindError('RuntimeNotAvailable', `the application asks for Node.js ${range}, ${why}`, {
    hint: 'correct "engines.node" in package.json (or .nvmrc, .node-version) to a version that exists, and check the connection to the npm registry',
    logTail: cause?.logTail ?? [],
    cause,
  });
