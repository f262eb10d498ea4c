/**
 * Whether a status says that the application is alive. On `/`, which is asked when no health route is known, a request for
 * credentials (401, 403) or for an upgrade (426, what a WebSocket server answers to a plain GET) says so as well.
 */
export function isHealthyStatus(path: string, status: number): boolean {
  if (status >= 200 && status <= 399) return true;
  return path === '/' && ALIVE_AT_THE_ROOT.includes(status);
}

const ALIVE_AT_THE_ROOT: readonly number[] = [401, 403, 426];
