import { readFile } from 'node:fs/promises';
import type { Installation } from './installation.ts';
import { PLACES } from './places.ts';
import { parseEnvironmentFile } from './systemd/environment-file.ts';

/** A shorter value is found in many texts by chance. */
const SHORTEST_SECRET_CHARACTERS = 8;

export type Redact = (text: string) => string;

/** Secret values that can be told from other text. */
export const secretValues = (
  variables: Readonly<Record<string, string>>,
  secretNames: readonly string[],
): readonly string[] =>
  secretNames
    .map((name) => variables[name] ?? '')
    .filter((value) => value.length >= SHORTEST_SECRET_CHARACTERS);

/** Also the single lines of a value of several, because output is shown by lines. */
export function redaction(values: readonly string[]): Redact {
  const parts = values.flatMap((value) => [value, ...value.split('\n').map((line) => line.trim())]);
  const hidden = [...new Set(parts)]
    .filter((part) => part.length >= SHORTEST_SECRET_CHARACTERS)
    .sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((shown, part) => shown.replaceAll(part, '[redacted]'), text);
}

export const readEnvironmentFile = async (): Promise<Record<string, string>> =>
  parseEnvironmentFile(await readFile(PLACES.environment, 'utf8'));

/** For output of the application that is installed. */
export const installedRedaction = async ({ secretNames }: Installation): Promise<Redact> =>
  redaction(secretValues(await readEnvironmentFile(), secretNames));
