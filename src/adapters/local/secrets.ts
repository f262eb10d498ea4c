import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { printable } from '../../domain/deployment.ts';
import { asHiveMindError, HiveMindError, systemErrorCode } from '../../domain/errors.ts';
import { canonicalJson } from '../../domain/json.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { createFileAtomically, isUnfinished, writeFileAtomically } from './atomic-file.ts';
import type { Home } from './home.ts';
import { isPathSegment, pathSegment } from './path-segment.ts';

const secretValues = z.record(z.string(), z.string());
const REFERENCE = /^secret:([^/@]+)\/([^/@]+)@([0-9a-f]{64})$/;

/**
 * Secrets as files that only their owner can read. A reference is `secret:<deployment>/<name>@<digest>`; every version stays
 * until the secrets of the deployment are removed, because a rollback needs the values of its release.
 */
export function localSecrets(home: Home): Secrets {
  const folderOf = (deploymentId: string) =>
    home.folder('secrets', pathSegment(deploymentId, 'the id of a deployment'));
  return {
    put: async (deploymentId, name, values) => {
      const folder = folderOf(deploymentId);
      const safeName = pathSegment(name, 'the name of a secret');
      const text = canonicalJson(values);
      try {
        const version = `${safeName}@${await keyedDigest(home, text)}`;
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFileAtomically(join(folder, version), text);
        return `secret:${deploymentId}/${version}`;
      } catch (error) {
        throw asHiveMindError(error);
      }
    },
    get: async (reference) => {
      const [, deploymentId = '', name = '', digest = ''] = REFERENCE.exec(reference) ?? [];
      if (!isPathSegment(deploymentId) || !isPathSegment(name)) throw secretNotFound(reference);
      return readVersion(join(folderOf(deploymentId), `${name}@${digest}`), reference);
    },
    removeAll: async (deploymentId) => {
      await rm(folderOf(deploymentId), { recursive: true, force: true });
    },
    list: async (deploymentId) => {
      const versions = await fileNames(folderOf(deploymentId));
      return versions.map((version) => `secret:${deploymentId}/${version}`).sort();
    },
  };
}

/** With a key that never leaves this home, so that a value of few possibilities cannot be guessed from its reference. */
async function keyedDigest(home: Home, text: string): Promise<string> {
  const keyFile = home.folder('secrets', '.digest-key');
  await createFileAtomically(keyFile, randomBytes(32).toString('hex'));
  return createHmac('sha256', await readFile(keyFile))
    .update(text)
    .digest('hex');
}

async function readVersion(file: string, reference: string): Promise<Readonly<Record<string, string>>> {
  try {
    return secretValues.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    // A parser's error is not passed on as the cause: it would quote the values.
    throw secretNotFound(reference, systemErrorCode(error) === undefined ? undefined : error);
  }
}

const secretNotFound = (reference: string, cause?: unknown) =>
  new HiveMindError(
    'SecretNotFound',
    `the secret "${printable(reference.slice(0, 200))}" does not exist or cannot be read`,
    { hint: 'deploy again: the values of the environment are stored anew', cause },
  );

async function fileNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !isUnfinished(name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
