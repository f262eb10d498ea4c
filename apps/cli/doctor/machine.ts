import { stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { systemErrorCode } from '../../../src/domain/errors.ts';
import { type Examine, fail, ok, warn } from './check.ts';

const GIGABYTE = 1024 ** 3;
const LEAST_GIGABYTES = 1;
const COMFORTABLE_GIGABYTES = 5;
/** Ports that load balancers take. */
const FIRST_PORT = 8100;
const LAST_PORT = 8999;
const ENOUGH_PORTS = 20;

export const examineDisk: Examine = async (home) => {
  const folder = await existing(home.root);
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / GIGABYTE;
  const detail = `${free.toFixed(1)} GB free in ${folder}`;
  const mend = 'free some space, or point HIVEMIND_HOME to a folder on another disk';
  if (free < LEAST_GIGABYTES) return fail('disk', detail, mend);
  return free < COMFORTABLE_GIGABYTES ? warn('disk', detail, mend) : ok('disk', detail);
};

/** The folder, or the nearest one above it that exists. */
async function existing(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    return await existing(dirname(folder));
  }
}

export const examineHome: Examine = async (home) => {
  try {
    const { mode, uid } = await stat(home.root);
    const mend = `run: chmod 700 ${home.root}`;
    if (process.getuid && uid !== process.getuid()) {
      return fail(
        'home folder',
        `${home.root} belongs to another user`,
        'point HIVEMIND_HOME to a folder of your own',
      );
    }
    if ((mode & 0o077) !== 0)
      return fail('home folder', `others may enter ${home.root}, where secrets are kept`, mend);
    return ok('home folder', `${home.root}, for you alone`);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return ok('home folder', `${home.root} will be made by the first deployment`);
  }
};

export const examinePorts: Examine = async () => {
  let free = 0;
  for (let port = FIRST_PORT; port <= LAST_PORT && free < ENOUGH_PORTS; port += 1) {
    if (await isFree(port)) free += 1;
  }
  const range = `${FIRST_PORT} to ${LAST_PORT}`;
  const mend = `end programs that listen on ports ${range}, or name a port with --port`;
  if (free === 0) return fail('ports', `none of the ports ${range} is free`, mend);
  return free < ENOUGH_PORTS
    ? warn('ports', `only ${free} of the ports ${range} are free`, mend)
    : ok('ports', `at least ${ENOUGH_PORTS} of the ports ${range} are free`);
};

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
