import type { Installation } from './installation.ts';

/** Where a process listens that takes requests of the load balancer; null when the release has none. */
export function listeningPort({ processes, port }: Pick<Installation, 'processes' | 'port'>): number | null {
  const exposed = processes.find((process) => process.exposed);
  return exposed ? (exposed.port ?? port) : null;
}

/** The port to pass on to, when the application insists on another one than the load balancer asks on. */
export function forwardedPort(installation: Pick<Installation, 'processes' | 'port'>): number | undefined {
  const port = listeningPort(installation);
  return port === null || port === installation.port ? undefined : port;
}
