import type { SecretSpan } from './text-view.ts';

type Find = (text: string) => readonly SecretSpan[];

/** Also over line breaks, as encoders wrap it, and with the letters of URLs. */
const BASE64 = /[A-Za-z0-9+/_-]{8,}(?:\r?\n[ \t]{0,16}[A-Za-z0-9+/_-]{16,})*={0,2}/g;
const HEX = /(?:[0-9a-f]{2}){8,}/gi;
/** `61 62 63`, `0x61, 0x62`, `61:62`. */
const SEPARATED_HEX =
  /(?<![A-Za-z0-9])(?:0x)?[0-9a-f]{2}(?:[ :,-]{1,2}(?:0x)?[0-9a-f]{2}){7,}(?![A-Za-z0-9])/gi;
/** `[112, 97, 115]`, as a buffer is printed. */
const DECIMAL = /(?<![\w.])\d{2,3}(?:[ ,;]{1,3}\d{2,3}){7,}(?![\w.])/g;
/** A piece of text that follows another one in the same characters may begin at any of them. */
const BASE64_PHASES = [0, 1, 2, 3] as const;
const FEWEST_CHARACTERS = 5;
const FEWEST_READABLE = 0.9;
const KIND = 'encoded secret';

/** Base64, hexadecimal texts and lists of bytes that a secret is found in once they are read. */
export const encodedSecrets = (text: string, find: Find): readonly SecretSpan[] => [
  ...spansOf(text, BASE64, base64Texts, find),
  ...spansOf(text, HEX, hexTexts, find),
  ...spansOf(text, SEPARATED_HEX, hexTexts, find),
  ...spansOf(text, DECIMAL, decimalTexts, find),
];

const spansOf = (
  text: string,
  pattern: RegExp,
  decoded: (written: string) => readonly string[],
  find: Find,
): readonly SecretSpan[] =>
  Array.from(text.matchAll(pattern))
    .filter(({ 0: written }) => decoded(written).some((read) => find(read).length > 0))
    .map(({ 0: written, index }) => ({ kind: KIND, start: index, end: index + written.length }));

function base64Texts(written: string): readonly string[] {
  // Two of three characters of text have capitals in base64; names of things mostly have none.
  if (!/[A-Z]/.test(written)) return [];
  const letters = written.replace(/[\s=]/g, '');
  return readable(BASE64_PHASES.map((phase) => Buffer.from(letters.slice(phase), 'base64')));
}

const hexTexts = (written: string): readonly string[] =>
  readable([Buffer.from(written.replace(/0x|[^0-9a-f]/gi, ''), 'hex')]);

const decimalTexts = (written: string): readonly string[] =>
  readable([Buffer.from((written.match(/\d+/g) ?? []).map(Number))]);

/** Those that are text: what is not is picture, program or digest. Every second byte is zero where Windows wrote it. */
const readable = (decoded: readonly Buffer[]): readonly string[] =>
  decoded
    .map((bytes) => bytes.toString('latin1').replaceAll('\0', ''))
    .filter((text) => text.length >= FEWEST_CHARACTERS && isReadable(text));

const isReadable = (text: string): boolean =>
  text.replace(/[^\x20-\x7e\s]/g, '').length >= text.length * FEWEST_READABLE;
