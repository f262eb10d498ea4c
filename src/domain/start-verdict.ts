import type { ErrorCode } from './errors.ts';

/** What is seen of a starting instance that should answer on a port. */
export interface StartObservation {
  readonly elapsedMilliseconds: number;
  readonly timeoutMilliseconds: number;
  readonly healthy: boolean;
  /** Status code of the last health check, when there was an answer. */
  readonly lastStatus: number | null;
  /** Why the last health check failed, in words. */
  readonly reason: string | null;
  readonly port: number;
  /** Ports on which the instance's processes listen. */
  readonly listeningPorts: readonly number[];
  /** For how long it has been seen to listen on its port, so that a health check has had time to find out. @default all the time */
  readonly openMilliseconds?: number | undefined;
}

export type StartVerdict =
  | { readonly verdict: 'healthy' | 'wait' }
  | { readonly verdict: 'failed'; readonly code: ErrorCode; readonly message: string; readonly hint: string };

/** A client error does not heal by waiting: a route that is missing after this long stays missing. */
const CLIENT_ERROR_PATIENCE_MILLISECONDS = 3_000;
/** A server error may be a warm-up; 503 says so and gets all the time there is. */
const SERVER_ERROR_PATIENCE_MILLISECONDS = 10_000;
/** Time for an application that opens several ports to open the right one too. */
const OTHER_PORT_PATIENCE_MILLISECONDS = 3_000;

/** Whether a starting instance is up, may still come up, or never will: fails as early as can be known. */
export function judgeStart(seen: StartObservation): StartVerdict {
  if (seen.healthy) return { verdict: 'healthy' };
  const { elapsedMilliseconds: elapsed, lastStatus, openMilliseconds = elapsed } = seen;
  const timeIsUp = elapsed >= seen.timeoutMilliseconds;
  if (lastStatus !== null) {
    const patience =
      lastStatus === 503
        ? Number.POSITIVE_INFINITY
        : lastStatus >= 500
          ? SERVER_ERROR_PATIENCE_MILLISECONDS
          : CLIENT_ERROR_PATIENCE_MILLISECONDS;
    return timeIsUp || elapsed >= patience ? unhealthy(seen) : { verdict: 'wait' };
  }
  const elsewhere = seen.listeningPorts.filter((port) => port !== seen.port);
  const onPort = seen.listeningPorts.includes(seen.port);
  if (!onPort && elsewhere.length > 0 && (timeIsUp || elapsed >= OTHER_PORT_PATIENCE_MILLISECONDS)) {
    return listensElsewhere(seen, elsewhere);
  }
  if (
    onPort &&
    seen.reason === 'connection refused' &&
    (timeIsUp || openMilliseconds >= OTHER_PORT_PATIENCE_MILLISECONDS)
  ) {
    return listensOnAnotherAddress(seen);
  }
  if (!timeIsUp) return { verdict: 'wait' };
  return onPort ? unhealthy(seen) : neverOpened(seen);
}

const unhealthy = (seen: StartObservation): StartVerdict => ({
  verdict: 'failed',
  code: 'HealthCheckFailed',
  message: `the application started but is not healthy after ${seconds(seen.elapsedMilliseconds)}: ${seen.reason ?? 'no answer'}`,
  hint: 'answer the health check path with a status from 200 to 399: add a route such as GET /health, which is found by itself, or mend the one there is',
});

const listensElsewhere = (seen: StartObservation, elsewhere: readonly number[]): StartVerdict => ({
  verdict: 'failed',
  code: 'ListensOnAnotherPort',
  message: `the application listens on port ${elsewhere.join(', ')} instead of the port it was given in PORT (${seen.port})`,
  hint: 'listen on the PORT environment variable, for example server.listen(process.env.PORT)',
});

const listensOnAnotherAddress = (seen: StartObservation): StartVerdict => ({
  verdict: 'failed',
  code: 'ListensOnAnotherPort',
  message: `the application listens on port ${seen.port}, though not on the address 127.0.0.1`,
  hint: 'listen on all addresses or on 127.0.0.1, for example server.listen(process.env.PORT) without a host',
});

const neverOpened = (seen: StartObservation): StartVerdict => ({
  verdict: 'failed',
  code: 'PortNeverOpened',
  message: `the application runs but did not open its port (PORT=${seen.port}) within ${seconds(seen.timeoutMilliseconds)}`,
  hint: 'listen on the PORT environment variable; if the application only needs longer to start, give it time with --start-timeout SECONDS; if it has no port, name its process "worker" in a Procfile',
});

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
