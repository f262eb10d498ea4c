import { access, constants, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { external } from '../external-program.ts';
import { PLACES } from '../places.ts';
import { InstanceFailure } from '../program-failure.ts';

const manifestShape = z.object({ runtimeVersion: z.string() });
const INSTALL_TIMEOUT_SECONDS = 300;

/** Makes the Python of the build `python3` for the application: that of the image, or one of the system's packages. */
export async function installPython(): Promise<void> {
  const manifest = JSON.parse(await readFile(`${PLACES.release}/manifest.json`, 'utf8'));
  const version = manifestShape.parse(manifest).runtimeVersion;
  const minor = /^3\.\d+/.exec(version)?.[0];
  if (minor === undefined) throw new InstanceFailure(`the artifact was built for Python ${version}`);
  const name = `python${minor}`;
  const python = (await found(name)) ?? (await installed(name));
  await mkdir(PLACES.pythonPrograms, { recursive: true });
  for (const alias of ['python', 'python3']) {
    await rm(join(PLACES.pythonPrograms, alias), { force: true });
    await symlink(python, join(PLACES.pythonPrograms, alias));
  }
}

async function installed(name: string): Promise<string> {
  await external('dnf', ['install', '--assumeyes', name], { timeoutSeconds: INSTALL_TIMEOUT_SECONDS });
  const python = await found(name);
  if (python === undefined) throw new InstanceFailure(`the package ${name} has no program ${name}`);
  return python;
}

async function found(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
