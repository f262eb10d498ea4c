import type { FixParameters } from '../../../src/domain/diagnosis/fix-parameters.ts';

/**
 * What a diagnosis read in a log, as the kind of thing it has to be; undefined for anything else. A log is written by strangers: a text of
 * it is compared with what is known, and only numbers, versions and names of variables go any further.
 */

const LOWEST_PORT = 1024;
const HIGHEST_PORT = 65_535;

/** A port that an application may open without rights. */
export function portIn(parameters: FixParameters, key: string): number | undefined {
  const port = parameters[key];
  const isPort = typeof port === 'number' && Number.isInteger(port);
  return isPort && port >= LOWEST_PORT && port <= HIGHEST_PORT ? port : undefined;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

export function variableIn(parameters: FixParameters, key: string): string | undefined {
  const name = textIn(parameters, key);
  return name !== undefined && VARIABLE.test(name) ? name : undefined;
}

/** For comparing only. */
export function textIn(parameters: FixParameters, key: string): string | undefined {
  const text = parameters[key];
  return typeof text === 'string' ? text : undefined;
}
