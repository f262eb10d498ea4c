import { Socket } from 'node:net';
import * as z from 'zod';
import { Unreached } from '../anywhere/probe-attempt.ts';

const credentials = z.object({ DATABASE_URL: z.string() });
const versionRow = z.tuple([z.object({ server_version: z.string() })]);

/** Signs in with the `DATABASE_URL` of a secret and runs `select 1`. */
export async function selectOne(
  values: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly serverVersion: string }> {
  const parsed = credentials.safeParse(values);
  if (!parsed.success) throw new Unreached('the secret holds no DATABASE_URL');
  const { default: pg } = await import('pg');
  const socket = new Socket({ signal });
  const client = new pg.Client({ connectionString: parsed.data.DATABASE_URL, stream: () => socket });
  client.on('error', () => socket.destroy());
  try {
    await client.connect();
    const { rows } = await client.query(`select 1, current_setting('server_version') as server_version`);
    await client.end();
    return { serverVersion: versionRow.parse(rows)[0].server_version };
  } finally {
    socket.destroy();
  }
}
