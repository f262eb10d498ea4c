import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { HiveMindError, systemErrorCode } from '../../src/domain/errors.ts';
import { isPlatformVariable, PLATFORM_VARIABLE_HINT } from '../../src/domain/platform-variables.ts';

const ASSIGNMENT = /^\s*(?:export\s+)?([^\s=:#]+)(?:\s*=|:\s)\s*(.*)$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads `KEY=VALUE` lines. dotenv passes over what it does not understand; a variable that is missing because of a typing mistake
 * would show up much later, so every line is checked first. Errors name the line and never its text, which may be a secret.
 * @throws {HiveMindError} InvalidEnvironmentFile
 */
export async function readEnvironmentFile(path: string): Promise<Record<string, string>> {
  const text = await readText(path);
  const names = checkedNames(text, path);
  const { parse } = await import('dotenv');
  const values = parse(text);
  for (const [name, line] of names) {
    if (values[name] === undefined) throw invalid(path, line, 'cannot be read as KEY=VALUE');
  }
  return values;
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const why =
      code === 'ENOENT'
        ? 'it does not exist'
        : code === 'EISDIR'
          ? 'it is a folder'
          : `it cannot be read (${code})`;
    throw new HiveMindError('InvalidEnvironmentFile', `"${path}" is no environment file: ${why}`, {
      hint: 'give --env-file the path of a file with lines such as KEY=VALUE',
      cause: error,
    });
  }
}

/** The names in a file and their lines. */
function checkedNames(text: string, path: string): Map<string, number> {
  const names = new Map<string, number>();
  const lines = text.split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, name, value] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined || value === undefined) throw invalid(path, index + 1, 'is not KEY=VALUE');
    if (!NAME.test(name)) throw invalid(path, index + 1, 'does not start with the name of a variable');
    if (isPlatformVariable(name)) throw platformVariable(path, index + 1, name);
    names.set(name, index + 1);
    index += linesOfQuoted(value, lines.slice(index + 1), path, index + 1);
  }
  return names;
}

/** How many further lines a quoted value takes. */
function linesOfQuoted(value: string, following: readonly string[], path: string, line: number): number {
  const quote = /^["'`]/.exec(value)?.[0];
  if (quote === undefined) return 0;
  const closing = [value.slice(1), ...following].findIndex((part) =>
    part.replaceAll(`\\${quote}`, '').includes(quote),
  );
  if (closing < 0) throw invalid(path, line, `opens a quote (${quote}) that is never closed`);
  return closing;
}

const platformVariable = (path: string, line: number, name: string): HiveMindError =>
  new HiveMindError(
    'InvalidEnvironmentFile',
    `line ${line} of "${path}" sets ${name}, which HiveMind sets itself`,
    {
      hint: PLATFORM_VARIABLE_HINT,
    },
  );

const invalid = (path: string, line: number, problem: string): HiveMindError =>
  new HiveMindError('InvalidEnvironmentFile', `line ${line} of "${path}" ${problem}`, {
    hint: `correct line ${line} of ${basename(path)}: one KEY=VALUE a line, comments start with #, values with spaces in quotes`,
  });
