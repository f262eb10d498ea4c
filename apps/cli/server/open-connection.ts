import type { CommandContext } from '../command-context.ts';
import { AwsConnection } from './aws-connection.ts';
import type { Connection } from './connection.ts';
import { ServerConnection } from './server-connection.ts';

/** The control plane of the target; the local one is started when it does not run. @throws {HiveMindError} ServerUnreachable */
export const openConnection = (context: CommandContext): Promise<Connection> =>
  context.target === 'aws' ? AwsConnection.open(context) : ServerConnection.open(context);

/** For reading: where nothing was ever deployed there is nothing to read, and nothing is started. */
export const openForReading = (context: CommandContext): Promise<Connection | undefined> =>
  context.target === 'aws' ? AwsConnection.open(context) : ServerConnection.openForReading(context);

/** Never starts a server. */
export const openRunning = (context: CommandContext): Promise<Connection | undefined> =>
  context.target === 'aws' ? AwsConnection.open(context) : ServerConnection.openRunning(context);

/** For a freeze, which has to count before a server that is started for it goes on with anything. */
export const openFrozen = (context: CommandContext, reason: string): Promise<Connection> =>
  context.target === 'aws' ? AwsConnection.open(context) : ServerConnection.openFrozen(context, reason);
