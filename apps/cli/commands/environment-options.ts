import { resolve } from 'node:path';
import { printable } from '../../../src/domain/deployment.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import { isPlatformVariable, PLATFORM_VARIABLE_HINT } from '../../../src/domain/platform-variables.ts';
import type { EnvironmentOptions } from '../definitions/deploying.ts';
import { readEnvironmentFile } from '../environment-file.ts';
import type { Session } from '../session.ts';

/**
 * `--env` wins over `--env-file`; `--env KEY` takes the value that this command itself was given.
 * @throws {HiveMindError} InvalidInput, InvalidEnvironmentFile
 */
export async function environmentFrom(
  session: Session,
  options: EnvironmentOptions,
): Promise<Record<string, string>> {
  const file =
    options.envFile === undefined
      ? {}
      : await readEnvironmentFile(resolve(session.directory, options.envFile));
  const single = options.env.map((entry) => environmentEntry(session, entry));
  return { ...file, ...Object.fromEntries(single) };
}

function environmentEntry(session: Session, entry: string): readonly [string, string] {
  const equals = entry.indexOf('=');
  if (equals >= 0) return [checkedName(entry.slice(0, equals)), entry.slice(equals + 1)];
  const value = session.environment[checkedName(entry)];
  if (value !== undefined) return [entry, value];
  throw new HiveMindError(
    'InvalidInput',
    `--env ${entry} has no value, and the environment of this command has none either`,
    {
      hint: `write --env ${entry}=VALUE, set the variable before, or use --env-file, which keeps values out of the process list`,
    },
  );
}

function checkedName(name: string): string {
  if (isPlatformVariable(name)) {
    throw new HiveMindError('InvalidInput', `--env cannot set ${name}: HiveMind sets it itself`, {
      hint: PLATFORM_VARIABLE_HINT,
    });
  }
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new HiveMindError(
    'InvalidInput',
    `"${printable(name.slice(0, 60))}" is not the name of an environment variable`,
    {
      hint: 'write --env KEY=VALUE with letters, digits and underscores in KEY',
    },
  );
}
