import type { SecretSpan, Span, TextView } from './text-view.ts';
import { squeezedView } from './text-view.ts';

/** Shorter values are in any text. */
const SHORTEST_SECRET = 4;
/** Shorter ones count as a whole word only. */
const SHORTEST_PART_OF_WORD = 6;
/** Letters and digits: fewer are found by chance when everything between them is left out. */
const SHORTEST_SQUEEZED = 10;
/** Of what a log may put before a piece of a value. */
const PREFIX_CHARACTERS = 120;
const KIND = 'known secret';

/** A value that must not be seen, and the ways in which it may be written. */
export interface KnownSecret {
  readonly forms: readonly string[];
  /** In small letters and digits alone; empty when that is too little to be told from other text. */
  readonly squeezed: readonly string[];
}

export const knownSecrets = (values: readonly string[]): readonly KnownSecret[] =>
  [...new Set(values.flatMap((value) => [value, ...linesOf(value)]).map((value) => value.trim()))]
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
    .map((value) => ({ forms: formsOf(value), squeezed: squeezedForms(value) }));

/** Output is shown by lines; short ones, such as `}`, say nothing. */
const linesOf = (value: string): readonly string[] =>
  value.includes('\n')
    ? value.split('\n').filter((line) => line.trim().length >= SHORTEST_PART_OF_WORD + 2)
    : [];

function formsOf(value: string): readonly string[] {
  if (value.length < SHORTEST_PART_OF_WORD) return [value];
  const hex = Buffer.from(value).toString('hex');
  const reversed = [...value].reverse().join('');
  return [
    ...new Set([
      value,
      JSON.stringify(value).slice(1, -1),
      encoded(value),
      hex,
      hex.toUpperCase(),
      reversed,
      ...base64Forms(value),
      ...base64Forms(Buffer.from(value, 'utf16le').toString('latin1'), 'latin1'),
    ]),
  ];
}

/** What of a base64 text is the same wherever in the encoded text the value begins. */
function base64Forms(value: string, encoding: 'utf8' | 'latin1' = 'utf8'): readonly string[] {
  const bytes = Buffer.from(value, encoding);
  return [0, 1, 2]
    .map((offset) => {
      const text = Buffer.concat([Buffer.alloc(offset), bytes])
        .toString('base64')
        .replaceAll('=', '');
      const first = offset === 0 ? 0 : offset + 1;
      const complete = (offset + bytes.length) % 3 === 0;
      return text.slice(first, complete ? undefined : -1);
    })
    .filter((form) => form.length >= SHORTEST_PART_OF_WORD)
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

const encoded = (value: string): string => encodeURIComponent(value.toWellFormed());

const squeezedForms = (value: string): readonly string[] => {
  const squeezed = value.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  if (squeezed.length < SHORTEST_SQUEEZED) return [];
  return [...new Set([squeezed, [...squeezed].reverse().join('')])];
};

/** Where the values stand in any of their forms, in one piece or in pieces. */
export function knownSpans(text: string, secrets: readonly KnownSecret[]): readonly SecretSpan[] {
  if (secrets.length === 0) return [];
  const lines = linesWithPlaces(text);
  const squeezed = secrets.some((secret) => secret.squeezed.length > 0) ? squeezedView(text) : undefined;
  return secrets
    .flatMap(({ forms, squeezed: small }) => [
      ...forms.flatMap((form) => [...occurrences(text, form), ...splitOccurrences(lines, form)]),
      ...(squeezed === undefined ? [] : small.flatMap((form) => squeezedOccurrences(squeezed, form))),
    ])
    .map((span) => ({ ...span, kind: KIND }));
}

function occurrences(text: string, form: string): readonly Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length)) {
    const end = at + form.length;
    if (form.length >= SHORTEST_PART_OF_WORD || isWord(text, at, end)) spans.push({ start: at, end });
  }
  return spans;
}

const isWord = (text: string, start: number, end: number): boolean =>
  !/[A-Za-z0-9]/.test(text.charAt(start - 1)) && !/[A-Za-z0-9]/.test(text.charAt(end));

/** Written with anything in between, as far as that is not longer than the value itself. */
const squeezedOccurrences = (view: TextView, form: string): readonly Span[] =>
  occurrences(view.text, form)
    .map((span) => view.original(span))
    .filter(({ start, end }) => end - start <= form.length * 3 + PREFIX_CHARACTERS);

interface Line {
  readonly start: number;
  /** Without spaces, quotes and signs of continuation at its end. */
  readonly text: string;
}

function linesWithPlaces(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const place = start;
    start += line.length + 1;
    return { start: place, text: line.slice(0, line.length - endLength(line)) };
  });
}

const endLength = (line: string): number => /[\s"'`+\\,]{0,6}$/.exec(line.slice(-6))?.[0].length ?? 0;

/** A value that begins at the end of a line and goes on in the next ones, behind what a log puts there. */
function splitOccurrences(lines: readonly Line[], form: string): readonly Span[] {
  if (form.length < SHORTEST_PART_OF_WORD + 2 || lines.length < 2) return [];
  const failed = new Set<string>();
  return lines.slice(0, -1).flatMap(({ start, text }, place) => {
    for (const length of commonLengths(text, form)) {
      const rest = continued(lines, place + 1, form, length, failed);
      const end = start + text.length;
      if (rest !== undefined) return [{ start: end - length, end }, ...rest];
    }
    return [];
  });
}

/** How many characters of the end of a line may be the beginning of a form, most first. */
function commonLengths(line: string, form: string): readonly number[] {
  if (line === '' || !form.includes(line.slice(-2))) return line.endsWith(form.charAt(0)) ? [1] : [];
  const most = Math.min(line.length, form.length - 1);
  return Array.from({ length: most }, (_, index) => most - index).filter((length) =>
    line.endsWith(form.slice(0, length)),
  );
}

function continued(
  lines: readonly Line[],
  place: number,
  form: string,
  done: number,
  failed: Set<string>,
): readonly Span[] | undefined {
  const line = lines[place];
  const state = `${place} ${done}`;
  if (line === undefined || failed.has(state)) return undefined;
  const rest = form.slice(done);
  // The last place: a short rest may stand in the prefix, too.
  const at = line.text.slice(0, PREFIX_CHARACTERS + rest.length).lastIndexOf(rest);
  if (at !== -1) return [{ start: line.start + at, end: line.start + at + rest.length }];
  for (const length of commonLengths(line.text, rest)) {
    if (line.text.length - length > PREFIX_CHARACTERS) continue;
    const next = continued(lines, place + 1, form, done + length, failed);
    const end = line.start + line.text.length;
    if (next !== undefined) return [{ start: end - length, end }, ...next];
  }
  failed.add(state);
  return undefined;
}
