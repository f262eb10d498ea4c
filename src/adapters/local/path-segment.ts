import { printable } from '../../domain/deployment.ts';
import { HiveMindError } from '../../domain/errors.ts';

const PATH_SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

export const isPathSegment = (text: string): boolean => PATH_SEGMENT.test(text);

/** Text that may name one file or folder: it cannot leave its folder, be hidden or hide another. @throws {HiveMindError} InvalidInput */
export function pathSegment(text: string, what: string): string {
  if (isPathSegment(text)) return text;
  throw new HiveMindError('InvalidInput', `"${printable(text.slice(0, 60))}" is not ${what}`, {
    hint: 'use letters, digits, dots, hyphens and underscores, starting with a letter or a digit',
  });
}
