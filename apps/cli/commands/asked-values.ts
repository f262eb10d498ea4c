import type { FixView } from '../../../src/contracts/fix.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { EnvironmentOptions } from '../definitions/deploying.ts';
import { askedSecret } from './confirmation.ts';
import { environmentFrom } from './environment-options.ts';

type Values = Readonly<Record<string, string>>;

/**
 * What the options say about the values that a fix asks for. Of a file only those count, a variable that is named by hand has to be
 * one of them.
 * @throws {HiveMindError} InvalidInput, InvalidEnvironmentFile
 */
export async function givenValues(
  { session }: CommandContext,
  { asks }: FixView,
  options: EnvironmentOptions,
): Promise<Values> {
  const { env, ...file } = options;
  const fromFile = Object.entries(await environmentFrom(session, { ...file, env: [] }));
  const named = await environmentFrom(session, { env });
  return { ...Object.fromEntries(fromFile.filter(([name]) => asks.includes(name))), ...named };
}

/**
 * Every value that a fix asks for: what is not given yet is asked for, and not shown while it is typed. Undefined when the operator
 * gives none.
 */
export async function allValues(
  context: CommandContext,
  { id, asks }: FixView,
  given: Values = {},
  signal?: AbortSignal,
): Promise<Values | undefined> {
  const missing = asks.filter((name) => !given[name]);
  if (missing.length > 0 && !context.interactive) throw valuesMissing(id, missing);
  const values: Record<string, string> = { ...given };
  for (const name of missing) {
    const value = await askedSecret(context, `${singleLine(name)} (not shown)`, signal);
    if (value === undefined) return undefined;
    values[name] = value;
  }
  return values;
}

const valuesMissing = (id: string, names: readonly string[]): HiveMindError =>
  new HiveMindError('InvalidInput', `a value is missing for ${names.map(singleLine).join(', ')}`, {
    hint: `hivemind approve ${id} --env-file FILE, or ${names.map((name) => `--env ${name}`).join(' ')}, which takes it from your environment`,
  });
