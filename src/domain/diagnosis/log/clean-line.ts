import { stripVTControlCharacters } from 'node:util';

/** Longer lines lose their middle: what matters is at either end. */
export const LINE_LIMIT = 4_000;

const DATE = /\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,:]\d{1,9})?/.source;
const ZONE = /(?:Z| ?[+-]\d\d:?\d\d| [A-Z]{3,4}(?:[+-]\d{4})?)?/.source;

/** What tools put in front of every line: times, the name of a container, the number of a step. */
const PREFIXES: readonly RegExp[] = [
  new RegExp(`^\\[Container\\] ${DATE} ?`),
  new RegExp(`^[\\[(]?${DATE}${ZONE}[\\])]?:?(?: \\||,)? ?`),
  /^\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: [AP]M)?\]? (?:\| )?/,
  /^[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?: [AP]M)? {1,2}/,
  /^#\d{1,4} (?:\d{1,6}\.\d{1,4} ?)?/,
  /^\d{1,6}\.\d{3,4} ?/,
  /^\[[\w ./-]{0,60}\d{1,4}\/\d{1,4}\] /,
  /^\d{1,6} \| /,
  /^[a-z0-9][a-z0-9._-]{0,60} {0,20}\| ?/,
  /^(?:##\[(?:error|warning|debug)\]|::(?:error|warning)(?: [^:]{0,200})?::)/,
  /^(?:stdout|stderr) [FP] /,
];

/** Tools put up to so many prefixes before a line, as compose does before a line with a time. */
const MOST_PREFIXES = 4;

/** A raw line without colours, times, prefixes of containers and steps, overwritten progress and escaped quotes. */
export function cleanLine(raw: string): string {
  return plainQuotes(withoutPrefixes(withoutOverwritten(stripVTControlCharacters(raw)).trimEnd()));
}

/** The end of a line that is its own text, without what tools put in front of it. */
export function withoutPrefixes(line: string): string {
  let text = line;
  for (let round = 0; round < MOST_PREFIXES; round += 1) {
    const rest = withoutPrefix(text);
    if (rest === text) break;
    text = rest;
  }
  return text;
}

function withoutPrefix(line: string): string {
  const indented = line.replace(/^ (?=\S)/, '');
  for (const prefix of PREFIXES) {
    const found = prefix.exec(indented);
    if (found) return indented.slice(found[0].length);
  }
  return line;
}

/** What a terminal would show of a line that was written several times; a carriage return inside a word is kept as `\r`. */
function withoutOverwritten(line: string): string {
  if (!line.includes('\r')) return line;
  const marked = line.replace(/\r(?=['"’:])/g, '\\r');
  const parts = marked.split('\r').filter((part) => part.trim() !== '');
  return parts.at(-1) ?? '';
}

function plainQuotes(line: string): string {
  const quotes = line.replace(/[‘’]/g, "'").replace(/[“”]/g, '"');
  if (quotes.includes('\\"')) return quotes.replace(/\\{1,8}n/g, ' ').replace(/\\{1,8}(["'])/g, '$1');
  return quotes.replace(/\\{1,8}'/g, "'");
}

/** A line that is at most `LINE_LIMIT` long, with the middle left out. */
export const boundedLine = (line: string): string =>
  line.length <= LINE_LIMIT
    ? line
    : `${line.slice(0, LINE_LIMIT / 2)} … ${line.slice(line.length - LINE_LIMIT / 2)}`;
