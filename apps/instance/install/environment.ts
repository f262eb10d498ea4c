import { chmod, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Installation } from '../installation.ts';
import { PLACES } from '../places.ts';
import { environmentFile } from '../systemd/environment-file.ts';
import { ownEnvironment } from '../systemd/units.ts';
import type { ReleaseFacts } from './configure.ts';
import type { Variables } from './secrets.ts';

const SYSTEM_PROGRAMS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface EnvironmentParts {
  readonly facts: ReleaseFacts;
  readonly files: string;
  readonly folder: string;
  readonly database: Variables;
  readonly operator: Variables;
}

/**
 * All variables of the application, in the order of the local supervisor: the operator's values win, besides over what the
 * platform itself relies on. `$PORT` is in the exposed process's own file.
 */
export function applicationEnvironment({
  facts,
  files,
  folder,
  database,
  operator,
}: EnvironmentParts): Variables {
  const packages = new Set([folder, files].map((place) => join(place, 'node_modules/.bin')));
  const runtime = [PLACES.pythonPrograms, `${PLACES.release}/runtime/bin`];
  return {
    PATH: [...packages, ...runtime, SYSTEM_PROGRAMS].join(':'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    HOME: PLACES.home,
    TMPDIR: '/tmp',
    NODE_ENV: 'production',
    // The load balancer comes from outside; frameworks that ask for an address listen to this machine only by default.
    HOST: '0.0.0.0',
    // Python keeps output back when it is not written to a terminal: the last lines before a crash would be missing.
    PYTHONUNBUFFERED: '1',
    ...(facts.XRAY && tracing(facts.DEPLOYMENT)),
    ...facts.VARIABLES,
    HIVEMIND_RELEASE: facts.RELEASE,
    HIVEMIND_COMMIT: facts.COMMIT,
    HIVEMIND_COLOR: facts.COLOR,
    ...database,
    ...operator,
    HIVEMIND_DEPLOYMENT: facts.DEPLOYMENT,
    HIVEMIND_INSTANCE: facts.instanceId,
  };
}

/** OpenTelemetry's own names: the CloudWatch agent listens there and passes traces on to X-Ray. */
const tracing = (deployment: string): Variables => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_SERVICE_NAME: deployment,
});

/** Only root reads them; systemd hands the variables on. */
export async function writeEnvironment(
  variables: Variables,
  { processes, port }: Installation,
): Promise<void> {
  await writeSecret(PLACES.environment, environmentFile(variables));
  const own = `${basename(PLACES.environment)}.`;
  for (const name of await readdir(dirname(PLACES.environment))) {
    if (name.startsWith(own)) await rm(join(dirname(PLACES.environment), name));
  }
  for (const { name, port: own = port } of processes.filter(({ exposed }) => exposed)) {
    await writeSecret(ownEnvironment(name), environmentFile({ PORT: String(own) }));
  }
}

/** Never readable for others, also not for a moment, and never half written. */
async function writeSecret(file: string, content: string): Promise<void> {
  const unfinished = `${file}~`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, content, { mode: 0o600, flag: 'wx' });
  await chmod(unfinished, 0o600);
  await rename(unfinished, file);
}
