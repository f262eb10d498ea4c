import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Account } from './account.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/**
 * The CDK command line against an account of the emulator, with nothing of the machine's own settings. Bootstrapping an account
 * needs no application: it runs in an empty folder, everything else in this project's.
 */
export async function cdk(account: Account, ...args: readonly string[]): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hivemind-cdk-'));
  try {
    const { stdout, stderr } = await run(process.execPath, [CDK, ...args], {
      cwd: args[0] === 'bootstrap' ? home : ROOT,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`,
        HOME: home,
        CDK_HOME: home,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...account.environment,
        CI: 'true',
      },
    });
    return `${stdout}\n${stderr}`;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
