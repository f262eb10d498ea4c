import { type Home, homeFrom } from '../../src/adapters/local/home.ts';
import { TestSession } from '../fixtures/cli/test-session.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import type { Account } from './account.ts';

/** Whatever the machine says about AWS is out of the way; the SDK looks at the environment of the process only. */
const NOWHERE = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
};

/** The environment of this process becomes that of somebody with these settings of AWS. */
export function become(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
  Object.assign(process.env, NOWHERE, environment);
}

/** A command of somebody who is signed in to the account. */
export async function sessionIn(account: Account, options: { home?: Home } = {}): Promise<TestSession> {
  become(account.environment);
  const home = options.home ?? homeFrom({ HIVEMIND_HOME: await temporaryFolder() });
  return new TestSession({ home, environment: { HIVEMIND_TARGET: 'aws' } });
}
