import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, HiveMindError } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import type { ServeOptions } from '../definitions/machine.ts';
import { ServerConnection } from '../server/server-connection.ts';
import { findServer, hasEnded } from '../server/server-process.ts';

const STOP_PATIENCE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 50;

/** Runs the server here, or stops the one that runs. */
export async function serve(context: CommandContext, options: ServeOptions): Promise<number> {
  if (options.stop) return await stop(context);
  const server = await import('../../api/serve.ts');
  const announcing = new AbortController();
  void announce(context, announcing.signal);
  try {
    await server.serve({ port: options.port, environment: context.session.environment });
  } finally {
    announcing.abort();
  }
  return EXIT.ok;
}

/** Tells the address as soon as it answers there. */
async function announce({ home, output }: CommandContext, signal: AbortSignal): Promise<void> {
  for (; !signal.aborted; await sleep(POLL_MILLISECONDS, undefined, { ref: false })) {
    const running = await findServer(home);
    if (running?.pid !== process.pid) continue;
    return output.note(`serving at ${running.url} from ${home.root}; Ctrl-C stops it`);
  }
}

async function stop(context: CommandContext): Promise<number> {
  const connection = await ServerConnection.openRunning(context);
  if (!connection) return told(context, null);
  const { pid } = connection.server;
  await connection.order('/v1/server/stop');
  const deadline = Date.now() + STOP_PATIENCE_MILLISECONDS;
  while (!(await hasEnded(pid))) {
    if (Date.now() > deadline) throw stillRunning(pid);
    await sleep(POLL_MILLISECONDS);
  }
  return told(context, pid);
}

function told({ output }: CommandContext, pid: number | null): number {
  if (output.json) output.document({ stopped: pid });
  else output.print(pid === null ? 'no server is running' : `the server (process ${pid}) has stopped`);
  return EXIT.ok;
}

const stillRunning = (pid: number): HiveMindError =>
  new HiveMindError(
    'ServerUnreachable',
    `the server (process ${pid}) still runs a minute after it was told to stop`,
    {
      hint: `look at its log, then end it with: kill ${pid}`,
    },
  );
