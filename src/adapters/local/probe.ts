import type { Probe } from '../../ports/probe.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { networkProbe } from '../anywhere/probe.ts';
import { attempt } from '../anywhere/probe-attempt.ts';
import { selectOne } from './probe-sql.ts';

/** Looks at applications over the network of this machine; its databases are in reach of it. */
export const localProbe = (secrets: Secrets): Probe => ({
  ...networkProbe,
  sql: async ({ secret }, timeoutMilliseconds) => {
    const values = await secrets.get(secret);
    return attempt(timeoutMilliseconds, (signal) => selectOne(values, signal));
  },
});
