import { withoutPrefixes } from '../diagnosis/log/clean-line.ts';

/** A part of a text; `end` is the place after it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SecretSpan extends Span {
  /** What it is, for the placeholder: small letters, digits and spaces. */
  readonly kind: string;
}

/** A text read in another way, of which every character knows where it stands in the original. */
export interface TextView {
  readonly text: string;
  /** Of the text of the view: the places where a new line of the original begins. */
  readonly joints: readonly number[];
  /** The part of the original that a part of the view stands for. */
  original(span: Span): Span;
}

/** A piece of a view. */
interface Piece {
  /** In the text of the view. */
  readonly at: number;
  readonly start: number;
  /** One sign of the original stands for the whole piece; undefined: every character stands for itself. */
  readonly end: number | undefined;
}

class ViewBuilder {
  readonly #parts: string[] = [];
  readonly #pieces: Piece[] = [];
  readonly #joints: number[] = [];
  #length = 0;

  add(text: string, start: number, end?: number): void {
    if (text === '') return;
    this.#pieces.push({ at: this.#length, start, end });
    this.#parts.push(text);
    this.#length += text.length;
  }

  joint(): void {
    this.#joints.push(this.#length);
  }

  view(): TextView {
    const pieces = this.#pieces;
    return {
      text: this.#parts.join(''),
      joints: this.#joints,
      original: ({ start, end }) => ({
        start: originalOf(pieces, start).start,
        end: originalOf(pieces, end - 1).end,
      }),
    };
  }
}

function originalOf(pieces: readonly Piece[], place: number): Span {
  let [low, high] = [0, pieces.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((pieces[middle]?.at ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  const { at, start, end } = pieces[low] ?? { at: 0, start: 0, end: 0 };
  return end === undefined ? { start: start + place - at, end: start + place - at + 1 } : { start, end };
}

/** Also letters of full width and of mathematics, and the sign that adds two texts of a program. */
const ESCAPE =
  /%[0-9a-f]{2}|\\{1,4}u\{?[0-9a-f]{4,5}\}?|\\{1,4}x[0-9a-f]{2}|\\{1,4}[0-3][0-7]{2}|\\{1,4}[nrt"'\\/]|&#x[0-9a-f]{1,5};|&#\d{1,6};|&(?:quot|apos|amp|lt|gt);|[\uff01-\uff5e]|\ud835[\udc00-\udfff]|["'`][ \t]{0,4}\+[ \t]{0,4}["'`]/gi;
const SUM = /^["'`][ \t]*\+/;
const OCTAL = /^\\+([0-3][0-7]{2})$/;
const NAMED: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
};
const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: '\t' };

/** With the escapes of URLs, JSON, programs and HTML, and odd letters, read as what they stand for; undefined when there are none. */
export function unescapedView(text: string): TextView | undefined {
  const builder = new ViewBuilder();
  let done = 0;
  for (const match of text.matchAll(ESCAPE)) {
    builder.add(text.slice(done, match.index), done);
    done = match.index + match[0].length;
    builder.add(characterOf(match[0]), match.index, done);
  }
  if (done === 0) return undefined;
  builder.add(text.slice(done), done);
  return builder.view();
}

function characterOf(written: string): string {
  const named = NAMED[written.toLowerCase()];
  if (named !== undefined) return named;
  if (SUM.test(written)) return '';
  if (/^[^\x00-\x7f]/.test(written)) return written.normalize('NFKC');
  const octal = OCTAL.exec(written)?.[1];
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  const hex = /^(?:%|\\+u\{?|\\+x|&#x)([0-9a-f]{1,5})[};]?$/i.exec(written)?.[1];
  const code =
    hex === undefined ? Number(/^&#(\d+);$/.exec(written)?.[1] ?? Number.NaN) : Number.parseInt(hex, 16);
  if (!Number.isNaN(code)) return code > 0x10_ffff ? '\ufffd' : String.fromCodePoint(code);
  const letter = written.at(-1) ?? '';
  return LETTERS[letter] ?? letter;
}

/** What stands at the end of a piece of a text that goes on in the next line. */
const LINE_END = /(?:\\n)?(?:["'`]? ?[+\\,]?|"\}|","stream":"[a-z]{1,10}"[^\n]{0,100}\})[ \t]*$/;
const CHUNK_PREFIX =
  /^(?:\{"log":"|[ \t]*\[[^\]\n]{1,60}\][ \t]{0,4}|[ \t]*[\w.-]{1,40}(?: [\w.-]{1,20}){0,2} {0,20}[>:|][ \t]{1,4}|[ \t]*(?:\/\/|#|\*|--)[ \t]{1,4}|[ \t]+)?["'`]?/;
/** Longer ends of lines have no end of a piece in them. */
const LINE_END_CHARACTERS = 160;

/** The lines as one, without line breaks and without what is put in front of every line; undefined when there is one line only. */
export function joinedView(text: string): TextView | undefined {
  if (!text.includes('\n')) return undefined;
  const builder = new ViewBuilder();
  let start = 0;
  for (const line of text.split('\n')) {
    const from = start === 0 ? 0 : prefixLength(line);
    const end = line.length - endLength(line.slice(from));
    if (start > 0) builder.joint();
    builder.add(line.slice(from, Math.max(from, end)), start + from);
    start += line.length + 1;
  }
  return builder.view();
}

/** Also a container's name in a comment. */
const MOST_PREFIXES = 2;

function prefixLength(line: string): number {
  let rest = line;
  for (let round = 0; round < MOST_PREFIXES; round += 1) {
    rest = withoutPrefixes(rest);
    rest = rest.slice(CHUNK_PREFIX.exec(rest)?.[0].length ?? 0);
  }
  return line.length - rest.length;
}

const endLength = (line: string): number => LINE_END.exec(line.slice(-LINE_END_CHARACTERS))?.[0].length ?? 0;

/** Letters and digits alone, all small. */
export function squeezedView(text: string): TextView {
  const builder = new ViewBuilder();
  for (const match of text.matchAll(/[A-Za-z0-9]+/g)) builder.add(match[0].toLowerCase(), match.index);
  return builder.view();
}
