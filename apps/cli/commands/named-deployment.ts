import { parseDeploymentName } from '../../../src/domain/deployment.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import type { Connection } from '../server/connection.ts';
import { openForReading } from '../server/open-connection.ts';

/** Path of a deployment, or of something about it. */
export const deploymentPath = (nameOrId: string, about = ''): string =>
  `/v1/deployments/${encodeURIComponent(nameOrId)}${about}`;

/**
 * The server, for reading about a deployment. Where nothing was ever deployed none is started.
 * @throws {HiveMindError} InvalidName, DeploymentNotFound, ServerUnreachable
 */
export async function connectionFor(
  context: CommandContext,
  nameOrId: string | undefined,
): Promise<Connection> {
  if (nameOrId !== undefined && !ID.test(nameOrId)) parseDeploymentName(nameOrId);
  const connection = await openForReading(context);
  if (connection) return connection;
  const named = nameOrId === undefined ? '' : ` "${nameOrId}"`;
  throw new HiveMindError('DeploymentNotFound', `there is no deployment${named}`, {
    hint: 'nothing has been deployed from here yet: "hivemind deploy SOURCE" does; HIVEMIND_HOME names the folder that is looked in',
  });
}

/** A name and six more characters; nothing that could lead a path elsewhere. */
const ID = /^[a-z0-9-]{1,60}$/;
