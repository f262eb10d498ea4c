import { readFile, rename, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { processShape } from '../../src/contracts/plan.ts';
import { systemErrorCode } from '../../src/domain/errors.ts';
import { PLACES } from './places.ts';
import { InstanceFailure } from './program-failure.ts';

/** What was installed, for the verbs that come later. Holds names of secrets, no values. */
const installationShape = z.object({
  /** Number of the release; absent while another one is put in its place. */
  release: z.number().int().optional(),
  /** Of the machine; absent in what earlier versions wrote. */
  region: z.string().optional(),
  deployment: z.string(),
  instance: z.string(),
  /** Folder of the application, from where its commands run. */
  folder: z.string(),
  /** The release's files: all that the application may change. */
  files: z.string(),
  processes: z.array(processShape).min(1),
  /** `$PORT` of the exposed process. */
  port: z.number().int(),
  environmentNames: z.array(z.string()),
  /** Variables whose values must not be shown. */
  secretNames: z.array(z.string()),
  database: z.enum(['postgres', 'mysql']).nullable(),
});
export type Installation = z.infer<typeof installationShape>;

export async function writeInstallation(installation: Installation): Promise<void> {
  const unfinished = `${PLACES.installation}~`;
  await writeFile(unfinished, JSON.stringify(installation, null, 2), { mode: 0o600 });
  await rename(unfinished, PLACES.installation);
}

/** @throws {InstanceFailure} the boot has not come so far */
export async function readInstallation(): Promise<Installation> {
  try {
    return installationShape.parse(JSON.parse(await readFile(PLACES.installation, 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    throw new InstanceFailure('nothing is installed on this instance');
  }
}
