import { readdir } from 'node:fs/promises';
import type { Home } from '../../../src/adapters/local/home.ts';
import { healthDocument } from '../../../src/contracts/api.ts';
import { VERSION } from '../../../src/contracts/version.ts';
import { systemErrorCode } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { requestLoopback } from '../server/loopback-request.ts';
import { findServer, hasState, type RunningServer } from '../server/server-process.ts';
import { type Check, type Examine, fail, ok, warn } from './check.ts';

const PATIENCE_MILLISECONDS = 5_000;

export const examineServer: Examine = async (home) => {
  const server = await findServer(home);
  if (!server) return ok('server', 'none is running; the first command that needs one starts it');
  const where = `${server.url}, process ${server.pid}`;
  if (server.version !== VERSION) {
    const detail = `${where} is of version ${singleLine(server.version)}, this is ${VERSION}`;
    return warn('server', detail, 'run "hivemind serve --stop"; the next command starts the new version');
  }
  return await examineHealth(server, where, home.serverLogFile);
};

async function examineHealth(server: RunningServer, where: string, logFile: string): Promise<Check> {
  const answer: unknown = await requestLoopback(`${server.url}/health/ready`, {
    signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
  })
    .then(async (response) => JSON.parse(await response.text()))
    .catch(() => undefined);
  const health = healthDocument.safeParse(answer).data;
  const mend = `look at ${logFile}, then run "hivemind serve --stop"; the next command starts it again`;
  if (!health) return fail('server', `${where} does not say how it is`, mend);
  const ailing = health.checks.filter(({ status }) => status !== 'healthy');
  const detail = `${where}: ${health.status}${ailing.map(({ name, detail }) => `, ${singleLine(name)}: ${singleLine(detail)}`).join('')}`;
  if (health.status === 'healthy') return ok('server', detail);
  return health.status === 'degraded' ? warn('server', detail, mend) : fail('server', detail, mend);
}

export const examineState: Examine = async (home) => {
  if (!(await hasState(home))) return ok('state', 'nothing has been deployed yet');
  const problem = await integrityProblem(home);
  if (problem === undefined) return ok('state', `${home.stateFile} is sound`);
  return fail(
    'state',
    `${home.stateFile}: ${problem}`,
    'stop the server with "hivemind serve --stop", keep a copy of the file, and restore it from a backup',
  );
};

async function integrityProblem(home: Home): Promise<string | undefined> {
  const { DatabaseSync } = await import('node:sqlite');
  try {
    const database = new DatabaseSync(home.stateFile, { readOnly: true });
    try {
      const row = database.prepare('PRAGMA integrity_check(1)').get();
      const verdict = Object.values(row ?? {}).join(' ');
      return verdict === 'ok' ? undefined : singleLine(verdict);
    } finally {
      database.close();
    }
  } catch (error) {
    if (systemErrorCode(error) !== 'ERR_SQLITE_ERROR') throw error;
    return error instanceof Error ? singleLine(error.message) : 'it cannot be opened';
  }
}

/** Work folders belong to running builds; without a server there are none. */
export const examineWork: Examine = async (home) => {
  const folders = await entriesOf(home.folder('work'));
  if (folders.length === 0) return ok('work folders', 'none is left over');
  if (await findServer(home)) return ok('work folders', `${folders.length} in use by the server`);
  return warn(
    'work folders',
    `${folders.length} left over in ${home.folder('work')}`,
    'start the server with "hivemind serve", which goes on with the work or clears it away',
  );
};

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return [];
  }
}
