import type { Client } from 'pg';

export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const CONNECT_TIMEOUT_MILLISECONDS = 10_000;

/** Runs `work` with a connection and closes it. Errors are those of `pg`. */
export async function withClient<T>(
  connection: Connection,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    ...connection,
    ssl: false,
    application_name: 'hivemind',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
  });
  let lost: Error | undefined;
  // Without a listener, a lost connection would end the whole process.
  client.on('error', (error) => {
    lost = error;
  });
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw lost ?? error;
  } finally {
    await client.end();
  }
}
