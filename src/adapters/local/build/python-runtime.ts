import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import semver from 'semver';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import { scrubbedEnvironment } from '../process-group.ts';

const run = promisify(execFile);

/**
 * Version of the machine's Python, the one that an application finds in its PATH.
 * @throws {HiveMindError} RuntimeNotAvailable: there is none, or it is not in the range
 */
export async function pythonVersion(range: string | null): Promise<string> {
  const version = await installedVersion();
  if (version === undefined) {
    throw unavailable(
      'the application needs Python 3, and this machine has no `python3` in its system folders',
    );
  }
  if (range !== null && !semver.satisfies(version, range)) {
    throw unavailable(`the application asks for Python ${range}, and this machine has ${version}`);
  }
  return version;
}

async function installedVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await run('python3', ['--version'], { env: scrubbedEnvironment() });
    return /^Python (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

const unavailable = (message: string): HiveMindError =>
  new HiveMindError('RuntimeNotAvailable', message, {
    hint: 'install a fitting Python with the package manager of this machine (`apt install python3`, `dnf install python3`, `brew install python`), then run the command again',
  });
