import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessStatus } from '../../../src/contracts/instance-program.ts';
import { explainExit } from '../../../src/domain/start-failure.ts';
import { forwardedPort, listeningPort } from '../forwarding.ts';
import type { Installation } from '../installation.ts';
import { startMark, tailOf } from '../log-tail.ts';
import { logOf } from '../places.ts';
import { processStatuses } from '../processes.ts';
import { InstanceFailure } from '../program-failure.ts';
import { installedRedaction } from '../redaction.ts';
import { unitOf } from '../systemd/units.ts';
import { ports } from '../verbs/ports.ts';

export interface Start {
  readonly installation: Installation;
  /** Where the load balancer will reach this instance. */
  readonly address: string;
  /** What was seen when the start was asked for: a process that runs for long already may have been restarted long ago. */
  readonly before: readonly ProcessStatus[];
}

const TIMEOUT_SECONDS = 300;
/** A process without a port has started when it is still there after this long. */
const SETTLE_SECONDS = 2;
/** Time for an application that opens its port for this machine only, or another port, to open the right one too. */
const WRONG_PLACE_SECONDS = 5;
const LOOK_MILLISECONDS = 250;
const LOG_TAIL_LINES = 20;

/**
 * Resolves when every process runs and the exposed one takes connections where the load balancer will make them.
 * @throws {InstanceFailure} as soon as one has exited, with its last words
 */
export async function awaitStart(start: Start): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const statuses = await processStatuses(start.installation);
    const ended = statuses.filter((process) => hasExited(process, start.before));
    const told = ended.find(isTold);
    if (told) throw await exitFailure(start.installation, told);
    const seconds = (performance.now() - startedAt) / 1000;
    if (ended.length === 0 && (await isUp(start, seconds))) return;
    await failWhenHopeless(start.installation, seconds);
    await sleep(LOOK_MILLISECONDS);
  }
}

/** While systemd tidies up after a process, how it ended is not on record yet: the next look knows. */
const isTold = ({ state, lastExit }: ProcessStatus): boolean => state !== 'backing-off' || lastExit !== null;

const hasExited = ({ name, state, restarts }: ProcessStatus, before: readonly ProcessStatus[]): boolean =>
  state !== 'running' || restarts > (before.find((process) => process.name === name)?.restarts ?? 0);

async function isUp({ installation, address }: Start, seconds: number): Promise<boolean> {
  const { processes, port } = installation;
  const isSettled = seconds >= SETTLE_SECONDS || processes.every(({ exposed }) => exposed);
  const listening = isSettled && (await listensWhereItShould(installation));
  return listening && (!isExposed(installation) || (await accepts(address, port)));
}

/** Whatever passes the port on is there before the application is. */
async function listensWhereItShould(installation: Installation): Promise<boolean> {
  const to = forwardedPort(installation);
  return to === undefined || (await accepts('localhost', to));
}

const isExposed = ({ processes }: Installation): boolean => processes.some(({ exposed }) => exposed);

/** @throws {InstanceFailure} */
async function failWhenHopeless(installation: Installation, seconds: number): Promise<void> {
  if (!isExposed(installation) || seconds < WRONG_PLACE_SECONDS) return;
  const port = listeningPort(installation) ?? installation.port;
  const { ports: open } = await ports();
  if (open.length > 0 && !open.includes(port)) {
    throw new InstanceFailure(
      `the application listens on port ${open.join(', ')} instead of the port it was given in PORT (${port})`,
    );
  }
  const isForwarded = forwardedPort(installation) !== undefined;
  if (!isForwarded && open.includes(port) && (await accepts('127.0.0.1', port))) {
    throw new InstanceFailure(
      `the application listens on port ${port} of 127.0.0.1 only, where no load balancer can reach it: listen on 0.0.0.0`,
    );
  }
  if (seconds < TIMEOUT_SECONDS) return;
  throw new InstanceFailure(
    `the application runs but takes no connections on its port (PORT=${port}) within ${TIMEOUT_SECONDS} s`,
  );
}

async function exitFailure(installation: Installation, exited: ProcessStatus): Promise<InstanceFailure> {
  const redact = await installedRedaction(installation);
  const log = logOf(unitOf(exited.name));
  const logTail = await tailOf(log, LOG_TAIL_LINES, redact, { mark: startMark(exited.name) });
  const { message } = explainExit({
    process: exited.name,
    exitCode: exited.lastExit?.code ?? null,
    signal: exited.lastExit?.signal ?? null,
    logTail,
    variables: [],
    providedNames: installation.environmentNames,
  });
  return new InstanceFailure([message, ...logTail].join('\n'));
}

function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1000 });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('timeout', () => resolve(false));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
