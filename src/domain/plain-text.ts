import { stripVTControlCharacters } from 'node:util';
import { printable } from './deployment.ts';

const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]*@|\b(https?:\/\/)[^\s/@]+@/gi;

/** Somebody else's text in one line that is safe to show: no escape sequences, no control characters, no credentials in URLs. */
export const singleLine = (text: string): string =>
  printable(stripVTControlCharacters(text).replace(/\s+/g, ' ').trim()).replace(
    CREDENTIALS,
    (_, any: string | undefined, http: string | undefined) => `${any ?? http}***@`,
  );

/** A line of a log, safe to show, with its indentation. */
export const logText = (line: string): string =>
  printable(stripVTControlCharacters(line).replaceAll('\t', '    ').trimEnd());
