import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  AUDIT_TIMEOUT_SECONDS,
  MAX_REPORT_CHARACTERS,
  NPM_AUDIT,
} from '../../anywhere/security/dependency-audit.ts';
import type { Home } from '../home.ts';
import { ProcessGroup, scrubbedEnvironment } from '../process-group.ts';

const STOP_GRACE_MILLISECONDS = 500;
/** How npm reaches its registry on this machine. */
const NETWORK_VARIABLES =
  /^(?:https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_file|npm_config_(?:registry|cafile|proxy|https_proxy|noproxy|userconfig))$/i;

/**
 * Runs `npm audit` in a process group, so that nothing of it is left behind.
 * @returns what npm printed, or undefined when it took too long
 * @throws {HiveMindError} ToolMissing
 */
export async function runNpmAudit(
  { home, environment }: { readonly home: Home; readonly environment: NodeJS.ProcessEnv },
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let report = '';
  const npm = await ProcessGroup.start({
    home,
    argv: [...NPM_AUDIT, `--cache=${home.folder('cache', 'npm-audit')}`],
    directory: folder,
    environment: npmEnvironment(environment, folder),
    onLine: (line, stream) => {
      if (stream === 'stdout' && report.length < MAX_REPORT_CHARACTERS) report += `${line}\n`;
    },
  });
  const timeout = AbortSignal.timeout(AUDIT_TIMEOUT_SECONDS * 1000);
  const ended = AbortSignal.any([timeout, ...(signal ? [signal] : [])]);
  const stop = () => void npm.stop(STOP_GRACE_MILLISECONDS);
  if (ended.aborted) stop();
  ended.addEventListener('abort', stop);
  await npm.exited;
  ended.removeEventListener('abort', stop);
  return timeout.aborted ? undefined : report;
}

function npmEnvironment(environment: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const network = Object.entries(environment).filter(([name]) => NETWORK_VARIABLES.test(name));
  return {
    ...scrubbedEnvironment(),
    HOME: folder,
    npm_config_userconfig: join(homedir(), '.npmrc'),
    ...Object.fromEntries(network.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}
