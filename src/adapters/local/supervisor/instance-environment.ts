import { join } from 'node:path';
import type { Secrets } from '../../../ports/secrets.ts';
import { INSTANCE_VARIABLE } from '../orphan-processes.ts';
import { scrubbedEnvironment } from '../process-group.ts';
import type { InstanceFolders } from './instance-folders.ts';
import type { InstanceRecord } from './instance-record.ts';

/**
 * The whole environment of an instance's processes. The operator's values win, besides over what the platform itself relies
 * on: the port that the load balancer asks and the markers by which the processes are found.
 * @throws {HiveMindError} SecretNotFound
 */
export async function instanceEnvironment(
  { definition, port }: InstanceRecord,
  folders: InstanceFolders,
  secrets: Secrets,
): Promise<Record<string, string>> {
  const { id, deploymentId, databaseSecret, environmentSecret } = definition;
  const base = scrubbedEnvironment();
  const programs = new Set([folders.root, folders.app].map((folder) => join(folder, 'node_modules', '.bin')));
  return {
    ...base,
    PATH: [...programs, ...definition.programDirectories, base['PATH']].join(':'),
    HOME: folders.home,
    TMPDIR: folders.temporary,
    NODE_ENV: 'production',
    // Python keeps output back when it is not written to a terminal: the last lines before a crash would be missing.
    PYTHONUNBUFFERED: '1',
    ...(definition.command.kind === 'serve' && compileCache()),
    ...definition.variables,
    ...(databaseSecret === null ? {} : await secrets.get(databaseSecret)),
    ...(environmentSecret === null ? {} : await secrets.get(environmentSecret)),
    ...(port === null ? {} : { PORT: String(port) }),
    HIVEMIND_DEPLOYMENT: deploymentId,
    [INSTANCE_VARIABLE]: id,
  };
}

/** Our own server of static sites need not be compiled for every instance: 17 MB less each. */
function compileCache(): Record<string, string> {
  const folder = process.env['NODE_COMPILE_CACHE'];
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}
