import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';

/** Below the range that systems hand out for outgoing connections, so that a port is still free after a restart. */
const FIRST_PORT = 7100;
const LAST_PORT = 7999;

export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (!['EADDRINUSE', 'EACCES'].includes(systemErrorCode(error) ?? '')) throw error;
    return false;
  } finally {
    server.close();
  }
}

/**
 * A free port that `take` lets us have. Starts anywhere in the range, so that two homes on one machine rarely meet.
 * @throws {HiveMindError} NoFreePort
 */
export async function freePort(isTaken: (port: number) => boolean): Promise<number> {
  const size = LAST_PORT - FIRST_PORT + 1;
  const start = randomInt(size);
  for (let index = 0; index < size; index++) {
    const port = FIRST_PORT + ((start + index) % size);
    if (!isTaken(port) && (await isPortFree(port))) return port;
  }
  throw new HiveMindError('NoFreePort', `all ports from ${FIRST_PORT} to ${LAST_PORT} are in use`, {
    hint: 'destroy deployments with databases that are no longer needed, or end other programs that use these ports',
  });
}
