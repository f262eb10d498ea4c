import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { serve as listen, type ServerType } from '@hono/node-server';
import { type Home, homeFrom, prepareHome } from '../../src/adapters/local/home.ts';
import { freezeRequest } from '../../src/contracts/api.ts';
import { VERSION } from '../../src/contracts/version.ts';
import { asHiveMindError, HiveMindError, systemErrorCode } from '../../src/domain/errors.ts';
import type { HistoryEvent } from '../../src/domain/events.ts';
import type { Freeze } from '../../src/domain/freeze.ts';
import { freeze } from '../../src/operations/freeze.ts';
import { actorOf } from './access.ts';
import { createApp } from './app.ts';
import { serverHealth } from './health.ts';
import { createLocalPlatform, type LocalPlatform } from './local-platform.ts';
import { announceServer, lockServer, serverToken, withdrawServer } from './server-files.ts';
import { tending } from './tending.ts';

export interface ServeOptions {
  /** Port of the API. @default a free one, which `server.json` tells */
  readonly port?: number | undefined;
  readonly environment?: NodeJS.ProcessEnv;
  /** Pulled before anything that was interrupted goes on. */
  readonly freeze?: Pick<Freeze, 'reason' | 'actor'> | undefined;
  /** How often forgotten things are seen to. @default 10 */
  readonly tendEverySeconds?: number;
  /** Sees every event right after it is stored. */
  readonly onEvent?: (event: HistoryEvent) => void;
}

export interface RunningServer {
  readonly url: string;
  /** Resolves when the server has ended. */
  readonly ended: Promise<void>;
  /** Stops everything it runs and leaves the desired state for the next server. */
  stop(): Promise<void>;
}

/**
 * The embedded control plane: takes the home, brings back what should run, answers clients and goes on with what was
 * interrupted.
 * @throws {HiveMindError} ServerAlreadyRunning, PortInUse, DiskFull; InvalidInput: the variables that name language models
 */
export async function startServer(options: ServeOptions = {}): Promise<RunningServer> {
  const home = homeFrom(options.environment ?? process.env);
  prepareHome(home);
  const lock = lockServer(home);
  try {
    return await startLocked(options, home, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A warm release goes at most so much later than it was promised. */
const TEND_SECONDS = 10;

async function startLocked(options: ServeOptions, home: Home, release: () => void): Promise<RunningServer> {
  const platform = createLocalPlatform({
    home,
    environment: options.environment ?? process.env,
    ...(options.onEvent && { onEvent: options.onEvent }),
    logError,
  });
  const ended = Promise.withResolvers<void>();
  const app = createApp({
    platform,
    token: serverToken(home),
    health: serverHealth({ version: VERSION, folder: home.root, ...platform.healthProbes }),
    stop: () => void stop(),
    logError,
  });
  // First of all the port: one that is taken must not start and stop everything else.
  const { server, port } = await listenOnLoopback(app.fetch, options.port ?? 0);
  let stopping: Promise<void> | undefined;
  const everySeconds = options.tendEverySeconds ?? TEND_SECONDS;
  const { start: startTending, stop: stopTending } = tending({ tend: platform.tend, everySeconds, logError });
  const stop = () => {
    stopping ??= shutDown(server, platform, async () => {
      withdrawServer(home);
      await stopTending();
    }).finally(() => {
      release();
      ended.resolve();
    });
    return stopping;
  };
  try {
    if (options.freeze) await freeze(platform, options.freeze.reason, options.freeze.actor);
    for (const failure of await platform.restore()) logError(failure);
    const url = `http://127.0.0.1:${port}`;
    announceServer(home, { pid: process.pid, url, version: VERSION, startedAt: new Date().toISOString() });
    await platform.runner.resume();
    startTending();
    return { url, ended: ended.promise, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listenOnLoopback(
  fetch: Parameters<typeof listen>[0]['fetch'],
  port: number,
): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve, reject) => {
    const server = listen({ fetch, port, hostname: '127.0.0.1' }, (address: AddressInfo) =>
      resolve({ server, port: address.port }),
    );
    server.once('error', (cause) =>
      reject(
        systemErrorCode(cause) === 'EADDRINUSE'
          ? new HiveMindError('PortInUse', `port ${port} is taken, so the server cannot listen on it`, {
              hint: 'choose another one: hivemind serve --port PORT',
              cause,
            })
          : asHiveMindError(cause),
      ),
    );
  });
}

async function shutDown(
  server: ServerType,
  platform: LocalPlatform,
  withdraw: () => Promise<void>,
): Promise<void> {
  await withdraw();
  const closed = new Promise((resolve) => server.close(resolve));
  await platform.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await closed;
}

/** One JSON line: the log of the server is read by people and by programs. */
function logError(error: HiveMindError): void {
  const { code, message, hint, stack, cause } = error;
  console.error(
    JSON.stringify({
      time: new Date().toISOString(),
      level: 'error',
      code,
      message,
      hint,
      stack,
      cause: String(cause ?? ''),
    }),
  );
}

/** Runs the server until it is told to stop. @throws what `startServer` throws */
export async function serve(options: ServeOptions = {}): Promise<void> {
  const server = await startServer(options);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void server.stop());
  process.on('unhandledRejection', (reason) => logError(asHiveMindError(reason)));
  await server.ended;
}

/** `--freeze REASON --actor WHO`: whoever starts a server to freeze everything has no server to say it to. */
function orderedFreeze(args: string[]): ServeOptions['freeze'] {
  const { values } = parseArgs({ args, options: { freeze: { type: 'string' }, actor: { type: 'string' } } });
  const { freeze: reason, actor } = values;
  return reason === undefined ? undefined : { ...freezeRequest.parse({ reason }), actor: actorOf(actor) };
}

if (import.meta.main) {
  try {
    await serve({ freeze: orderedFreeze(process.argv.slice(2)) });
  } catch (thrown) {
    const error = asHiveMindError(thrown);
    logError(error);
    process.exitCode = error.kind.exit;
  }
}
