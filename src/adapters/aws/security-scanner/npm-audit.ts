import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import {
  AUDIT_TIMEOUT_SECONDS,
  MAX_REPORT_CHARACTERS,
  NPM_AUDIT,
} from '../../anywhere/security/dependency-audit.ts';

/** How npm reaches its registry. Credentials of the function are not among it. */
const NETWORK_VARIABLES = /^(?:https?_proxy|no_proxy|node_extra_ca_certs|npm_config_registry)$/i;

/**
 * Runs `npm audit` with an environment of its own. It lies in a session of its own, so that all of it can be ended.
 * @returns what npm printed, or undefined when it took too long
 * @throws {HiveMindError} ToolMissing
 */
export async function runNpmAudit(
  environment: NodeJS.ProcessEnv,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const [program = '', ...args] = NPM_AUDIT;
  const npm = spawn(program, [...args, `--cache=${join(folder, '.npm')}`], {
    cwd: folder,
    env: npmEnvironment(environment, folder),
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const timeout = AbortSignal.timeout(AUDIT_TIMEOUT_SECONDS * 1000);
  const ended = AbortSignal.any([timeout, ...(signal ? [signal] : [])]);
  const stop = () => endGroup(npm.pid);
  ended.addEventListener('abort', stop);
  let report = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (report.length < MAX_REPORT_CHARACTERS) report += text;
  });
  try {
    await once(npm, 'close');
  } catch (error) {
    throw new HiveMindError('ToolMissing', 'npm cannot be started', { hint: 'install npm', cause: error });
  } finally {
    ended.removeEventListener('abort', stop);
    stop();
  }
  return timeout.aborted ? undefined : report;
}

function npmEnvironment(environment: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const network = Object.entries(environment).filter(([name]) => NETWORK_VARIABLES.test(name));
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    HOME: folder,
    ...Object.fromEntries(network.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

/** It may have ended already. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
