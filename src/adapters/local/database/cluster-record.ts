import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { Home } from '../home.ts';

const recordShape = z.strictObject({
  version: z.literal(1),
  stack: z.string(),
  deploymentId: z.string(),
  databaseName: z.string(),
  port: z.number().int(),
  /** Only a `ready` cluster holds data worth keeping: the others are removed or built anew. */
  phase: z.enum(['creating', 'ready', 'removing']),
  /** Reference of the secret with the credentials of the application; null until there is one. */
  secret: z.string().nullable(),
});
export type ClusterRecord = z.infer<typeof recordShape>;

/** What is known of the database clusters of a home, as one file each, and the passwords of their superusers. */
export class ClusterRecords {
  readonly #home: Home;

  constructor(home: Home) {
    this.#home = home;
  }

  /** @throws {HiveMindError} InternalError: the file is damaged */
  async read(stack: string): Promise<ClusterRecord | undefined> {
    const file = this.#file(stack, 'cluster.json');
    const text = await textOf(file);
    if (text === undefined) return undefined;
    try {
      return recordShape.parse(JSON.parse(text));
    } catch (cause) {
      throw new HiveMindError(
        'InternalError',
        `the record of the database cluster ${stack} is damaged: ${file}`,
        {
          hint: 'restore the file from a backup, or destroy the deployment without a snapshot',
          cause,
        },
      );
    }
  }

  async write(record: ClusterRecord): Promise<void> {
    await mkdir(this.#home.folder('databases', record.stack), { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.#file(record.stack, 'cluster.json'), JSON.stringify(record));
  }

  /** From now on the cluster is not started again, whether or not the removal is completed. */
  async markForRemoval(stack: string): Promise<void> {
    try {
      const record = await this.read(stack);
      if (record !== undefined) await this.write({ ...record, phase: 'removing' });
    } catch (error) {
      // A damaged record: nothing is started from it anyway.
      if (!(error instanceof HiveMindError)) throw error;
    }
  }

  /** Also removes the password. */
  async remove(stack: string): Promise<void> {
    await rm(this.#home.folder('databases', stack), { recursive: true, force: true, maxRetries: 5 });
  }

  /** The stacks that have a folder here, with or without a readable record. */
  async stacks(): Promise<readonly string[]> {
    const entries = await readdir(this.#home.folder('databases'), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  }

  async newSuperuserPassword(stack: string): Promise<string> {
    const password = randomPassword();
    await writeFileAtomically(this.#file(stack, 'superuser-password'), password);
    return password;
  }

  async superuserPassword(stack: string): Promise<string> {
    return readFile(this.#file(stack, 'superuser-password'), 'utf8');
  }

  #file(stack: string, name: string): string {
    return join(this.#home.folder('databases', stack), name);
  }
}

/** 256 bits, in characters that need no escaping in an address. */
export const randomPassword = (): string => randomBytes(32).toString('base64url');

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
