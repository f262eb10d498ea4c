import { readFile } from 'node:fs/promises';
import { connect, Socket } from 'node:net';
import pg from 'pg';
import * as z from 'zod';
import { attempt, Unreached } from '../../../src/adapters/anywhere/probe-attempt.ts';
import type { InstanceAnswer, ParsedInstancePayload } from '../../../src/contracts/instance-program.ts';
import { readInstallation } from '../installation.ts';
import { PLACES } from '../places.ts';
import { installedRedaction, readEnvironmentFile } from '../redaction.ts';

const versionRow = z.tuple([z.object({ server_version: z.string() })]);

/** Whether the database answers from where the application runs. PostgreSQL is signed in to, MySQL says its version before. */
export async function probeDatabase({
  timeoutMilliseconds,
}: ParsedInstancePayload<'probe-database'>): Promise<InstanceAnswer<'probe-database'>> {
  const installation = await readInstallation();
  const { DATABASE_URL: url } = await readEnvironmentFile();
  const outcome = await attempt(timeoutMilliseconds, async (signal) => {
    if (installation.database === null || url === undefined)
      throw new Unreached('the release has no database');
    return { serverVersion: await VERSIONS[installation.database](url, signal) };
  });
  if (outcome.reached) return { reached: true, ...outcome.answer };
  const redact = await installedRedaction(installation);
  return { ...outcome, reason: redact(outcome.reason) };
}

const VERSIONS = { postgres: postgresVersion, mysql: mysqlVersion };

async function postgresVersion(url: string, signal: AbortSignal): Promise<string> {
  const address = new URL(url);
  const isEncrypted = !['disable', null].includes(address.searchParams.get('sslmode'));
  const ssl = isEncrypted && { ca: await readFile(PLACES.databaseCertificates, 'utf8') };
  // In the address it would win over the certificates.
  address.searchParams.delete('sslmode');
  const socket = new Socket({ signal });
  const client = new pg.Client({ connectionString: address.href, ssl, stream: () => socket });
  client.on('error', () => socket.destroy());
  try {
    await client.connect();
    const { rows } = await client.query(`select current_setting('server_version') as server_version`);
    await client.end();
    return versionRow.parse(rows)[0].server_version;
  } finally {
    socket.destroy();
  }
}

/** A MySQL server greets first: length and number of the packet, version 10 of the protocol, its own version up to a NUL. */
async function mysqlVersion(url: string, signal: AbortSignal): Promise<string> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port || 3306), signal });
  try {
    for await (const greeting of socket as AsyncIterable<Buffer>) {
      const end = greeting.indexOf(0, 5);
      if (greeting[4] !== 10 || end === -1) throw new Unreached('what answers there is not MySQL');
      return greeting.toString('latin1', 5, end);
    }
    throw new Unreached('the connection was closed before an answer');
  } finally {
    socket.destroy();
  }
}
