import { boundedLine } from '../diagnosis/log/clean-line.ts';
import { singleLine } from '../plain-text.ts';
import { cleanText } from './clean-text.ts';
import { withoutFrames } from './frames.ts';
import { redact } from './redact.ts';
import { fairShares, shortened } from './shorten.ts';

/** What somebody else wrote, with a name that is ours. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

export interface BlockOptions {
  /** Of everything that is returned. */
  readonly maximumCharacters: number;
  /** Random, new for every prompt, at least 16 letters and digits: what a text cannot know it cannot write. */
  readonly marker: string;
  /** Values that must not leave, whatever they look like. */
  readonly secrets?: readonly string[];
}

const MARKER = /^[A-Za-z0-9]{16,64}$/;
const NAME_CHARACTERS = 120;

/**
 * Texts as data for a model: cleaned, redacted, cut so that short ones stay whole and long ones share what is left, each between a line
 * that begins it and one that ends it, which carry the marker.
 * @throws {RangeError} when the marker could be guessed
 */
export function dataBlocks(texts: readonly NamedText[], options: BlockOptions): string {
  const { marker, maximumCharacters, secrets = [] } = options;
  if (!MARKER.test(marker)) throw new RangeError('the marker of data blocks is 16 to 64 letters and digits');
  const blocks = texts.map(({ name, text }) => ({
    frame: frameOf(nameOf(name, options), marker),
    body: withoutMarker(bodyOf(text, secrets), marker),
  }));
  const shown = blocks.slice(0, framesWithin(blocks, maximumCharacters));
  const frames = shown.reduce((total, { frame }) => total + frame.length, 0);
  const shares = fairShares(
    shown.map(({ body }) => body.length),
    maximumCharacters - frames,
  );
  return shown.map(({ frame, body }, place) => frame.around(shortened(body, shares[place] ?? 0))).join('');
}

interface Frame {
  readonly length: number;
  around(body: string): string;
}

function frameOf(name: string, marker: string): Frame {
  const begin = `<<<DATA ${marker} ${name}>>>\n`;
  const end = `\n<<<END ${marker}>>>\n`;
  return { length: begin.length + end.length, around: (body) => `${begin}${body}${end}` };
}

function framesWithin(blocks: readonly { readonly frame: Frame }[], maximumCharacters: number): number {
  let used = 0;
  const first = blocks.findIndex(({ frame }) => {
    used += frame.length;
    return used > maximumCharacters;
  });
  return first === -1 ? blocks.length : first;
}

/** Lines are cut after the redaction, which would not know half a secret. */
const bodyOf = (text: string, secrets: readonly string[]): string =>
  redact(cleanText(text), secrets).split('\n').map(boundedLine).join('\n');

const nameOf = (name: string, { marker, secrets = [] }: BlockOptions): string =>
  withoutMarker(redact(singleLine(cleanText(name)), secrets), marker)
    .replace(/[<>]/g, '')
    .slice(0, NAME_CHARACTERS)
    .trim() || 'text';

/** Also in other letters, which a model may take for the same; and nothing that looks like an end of data. */
function withoutMarker(text: string, marker: string): string {
  const framed = withoutFrames(text);
  return framed.toLowerCase().includes(marker.toLowerCase())
    ? framed.replace(new RegExp(marker, 'gi'), '[marker]')
    : framed;
}
