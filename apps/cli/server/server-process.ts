import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Home } from '../../../src/adapters/local/home.ts';
import { healthDocument, type ServerFile, serverFileShape } from '../../../src/contracts/api.ts';
import { EXIT, HiveMindError, systemErrorCode } from '../../../src/domain/errors.ts';
import { jsonOrUndefined } from '../../../src/domain/json.ts';
import { logText } from '../../../src/domain/plain-text.ts';
import type { Session } from '../session.ts';
import { requestLoopback } from './loopback-request.ts';

/** A server that answered. */
export interface RunningServer extends ServerFile {
  readonly token: string;
}

const LIVE_PATIENCE_MILLISECONDS = 2_000;
const POLL_MILLISECONDS = 25;
const START_PATIENCE_MILLISECONDS = 20_000;
/** A server that ended may have lost the race against another one, which is about to answer. */
const OTHER_SERVER_PATIENCE_MILLISECONDS = 1_000;
const RESTART_PAUSE_MILLISECONDS = 500;
/** A server that mostly waits should give memory back rather than keep it for the next burst. */
const SERVER_FLAGS = ['--max-semi-space-size=1', '--optimize-for-size'];
const LOG_TAIL_LINES = 15;
const LOG_TAIL_BYTES = 65_536;

/** The server that works on this home, if one answers. */
export async function findServer(home: Home): Promise<RunningServer | undefined> {
  const file = await readServerFile(home);
  if (!file || !isProcess(file.pid) || !(await isLive(file.url))) return undefined;
  const token = await readOptionalFile(home.tokenFile);
  return token === undefined ? undefined : { ...file, token: token.trim() };
}

/** What the last server wrote about itself; it may have ended since. */
export async function readServerFile(home: Home): Promise<ServerFile | undefined> {
  const text = await readOptionalFile(home.serverFile);
  if (text === undefined) return undefined;
  try {
    return serverFileShape.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The running server, or a new one, with these arguments. @throws {HiveMindError} ServerUnreachable */
export async function ensureServer(
  session: Session,
  home: Home,
  args: readonly string[] = [],
): Promise<RunningServer> {
  return (await findServer(home)) ?? (await startServer(session, home, args));
}

async function startServer(session: Session, home: Home, args: readonly string[]): Promise<RunningServer> {
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  const log = await open(home.serverLogFile, 'a+', 0o600);
  try {
    const { size } = await log.stat();
    const spawned = () => spawnServer(session, home, log.fd, args);
    const { server, exitCode } = await firstAnswer(home, spawned);
    if (server) return server;
    const { buffer, bytesRead } = await log.read({ buffer: Buffer.alloc(LOG_TAIL_BYTES), position: size });
    throw notStarted(home, exitCode, buffer.toString('utf8', 0, bytesRead));
  } finally {
    await log.close();
  }
}

interface FirstAnswer {
  readonly server?: RunningServer;
  /** Of the process that was to be the server; null while it runs. */
  readonly exitCode: number | null;
}

/** A conflict means that another server is about to answer, or about to end; in the second case one has to be started again. */
async function firstAnswer(home: Home, spawned: () => ChildProcess): Promise<FirstAnswer> {
  let child = spawned();
  let spawnedAt = Date.now();
  let deadline = spawnedAt + START_PATIENCE_MILLISECONDS;
  for (; Date.now() < deadline; await sleep(POLL_MILLISECONDS)) {
    const server = await findServer(home);
    if (server) return { server, exitCode: child.exitCode };
    if (child.exitCode === null) continue;
    if (child.exitCode !== EXIT.conflict) {
      deadline = Math.min(deadline, spawnedAt + OTHER_SERVER_PATIENCE_MILLISECONDS);
    } else if (Date.now() - spawnedAt > RESTART_PAUSE_MILLISECONDS) {
      child = spawned();
      spawnedAt = Date.now();
    }
  }
  return { exitCode: child.exitCode };
}

function spawnServer(
  session: Session,
  home: Home,
  logDescriptor: number,
  args: readonly string[],
): ChildProcess {
  const child = spawn(process.execPath, [...SERVER_FLAGS, session.serverProgram, ...args], {
    cwd: home.root,
    detached: true,
    stdio: ['ignore', logDescriptor, logDescriptor],
    env: { ...session.environment, ...serverVariables(session), HIVEMIND_HOME: home.root },
  });
  child.unref();
  return child;
}

/** Compiled code depends on the flags, so that a server with flags needs a cache of its own. */
const serverVariables = ({ environment }: Session): NodeJS.ProcessEnv => ({
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  ...(environment['NODE_COMPILE_CACHE'] && {
    NODE_COMPILE_CACHE: `${environment['NODE_COMPILE_CACHE']}-server`,
  }),
});

/** What the server itself says is wrong with what it was given, or that it could not be started. */
function notStarted(home: Home, exitCode: number | null, log: string): HiveMindError {
  const refused = exitCode === EXIT.usage ? refusalIn(log) : undefined;
  if (refused) return refused;
  const why = exitCode === null ? 'it did not answer in time' : `it ended with exit code ${exitCode}`;
  return new HiveMindError('ServerUnreachable', `the server could not be started: ${why}`, {
    hint: `run "hivemind doctor"; the whole log is ${home.serverLogFile}`,
    logTail: log.split('\n').filter(Boolean).slice(-LOG_TAIL_LINES).map(logText),
  });
}

const refusalShape = z.object({ code: z.literal('InvalidInput'), message: z.string(), hint: z.string() });

function refusalIn(log: string): HiveMindError | undefined {
  const last = log.trimEnd().split('\n').at(-1) ?? '';
  const refusal = refusalShape.safeParse(jsonOrUndefined(last)).data;
  return refusal && new HiveMindError(refusal.code, refusal.message, { hint: refusal.hint });
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EPERM') return true;
    if (systemErrorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

/** Another program may have got the port of a server that ended: only an answer in our own shape counts. */
const isLive = (url: string): Promise<boolean> =>
  requestLoopback(`${url}/health/live`, { signal: AbortSignal.timeout(LIVE_PATIENCE_MILLISECONDS) })
    .then(async (answer) => JSON.parse(await answer.text()))
    .then(
      (answer: unknown) => healthDocument.safeParse(answer).success,
      () => false,
    );

/** Whether the process has ended; in a container nobody may reap it, so that it keeps its id. */
export async function hasEnded(pid: number): Promise<boolean> {
  return !isProcess(pid) || / Z /.test((await readOptionalFile(`/proc/${pid}/stat`)) ?? '');
}

/** A process that ends while its file in `/proc` is read answers ESRCH. */
async function readOptionalFile(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Whether anything was ever deployed from this home. */
export async function hasState(home: Home): Promise<boolean> {
  try {
    return (await stat(home.stateFile)).isFile();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
