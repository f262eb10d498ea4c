import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';

/** Why PostgreSQL did not do its work, told from its last lines. */
export function databaseFailure(message: string, logTail: readonly string[], cause?: unknown): HiveMindError {
  const text = logTail.join('\n');
  if (text.includes('No space left on device') || systemErrorCode(cause) === 'ENOSPC') {
    return new HiveMindError('DiskFull', `${message}: there is no space left on the disk`, {
      hint: 'free some space (`hivemind doctor` shows how much there is and where), then run the command again',
      logTail,
      cause,
    });
  }
  if (text.includes('Address already in use')) {
    return new HiveMindError('PortInUse', `${message}: another program listens on its port`, {
      hint: 'end the other program, then run the command again',
      logTail,
      cause,
    });
  }
  return new HiveMindError('DatabaseUnavailable', message, {
    hint: 'run the command again; `hivemind logs` shows what PostgreSQL says, `hivemind doctor` looks at the machine',
    logTail,
    cause,
  });
}

export const portInUse = (port: number): HiveMindError =>
  new HiveMindError('PortInUse', `another program listens on 127.0.0.1:${port}, the port of this database`, {
    hint: `end the program that listens on port ${port}: the database starts by itself then, on the address the application knows`,
  });

export const cancelled = (): HiveMindError =>
  new HiveMindError('Cancelled', 'the creation of the database was cancelled', {
    hint: 'run the command again to create it',
  });

/** Errors of `pg`, of the file system and of our own as one of ours. */
export function asDatabaseFailure(error: unknown, stack: string): HiveMindError {
  if (error instanceof HiveMindError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return databaseFailure(`the database ${stack} failed: ${message}`, [], error);
}
