import { cleanText } from './clean-text.ts';
import { redact } from './redact.ts';
import { whole } from './shorten.ts';

const ADDRESS = '[address left out]';
/** `![what](where)`, `[what](where "title")`, `[what][reference]`: what is kept. */
const MARKDOWN_LINK =
  /!?\[([^[\]\n]{0,2000})\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,2000})?\)|\[[^[\]\n]{0,200}\])/g;
/** Also `//host/path` and `javascript:`, `data:` and whatever else a viewer may follow. */
const CERTAIN_URL =
  /www\.[^\s<>"'`)\]]+|\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s<>"'`)\]]*|(?:java|vb)script:[^\s<>"'`)\]]+|\b(?:data|file|mailto|tel):[^\s<>"'`)\]]+/gi;
const LIKELY_URL =
  /(?<![\w./@-])(?:\/\/[\w-]{1,63}\.[\w.-]{1,200}[^\s<>"'`)\]]*|(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?[/?][^\s<>"'`)\]]*)/gi;
const TAG = /<[a-z/!?@#][^<>]{0,2000}>/gi;
/** What a viewer of HTML would read as the beginning of a tag. */
const TAG_BEGIN = /<(?=[a-z/!?@#|])/gi;
/** What a viewer of Markdown would read as the middle of a link. */
const LINK_BEGIN = /\](?=[([])/g;
const IMAGE_BEGIN = /!(?=\[)/g;
/** Signs with which programs say that something was approved, passed, or asked: those are ours to show. */
const SIGNS =
  /[\u2500-\u259f\u25b6\u25ba\u2705\u2611\u2610\u2612\u2713-\u2718\u274c\u274e\u276e-\u2771\u276f\u279c\u27a4\u2794\u203a\u00bb\u{1f5f8}\u{1f5f9}\u{1f7e2}\u{1f534}]/gu;
const BLOCK_MARK = /^[\s#>*+|`~=_$%-]+/;

/**
 * What a model wrote, fit for people: one paragraph of at most so many characters without addresses, images, links, markup, escape
 * sequences and the signs of our own messages. Its words stay.
 */
export function plainAnswer(
  text: string,
  maximumCharacters: number,
  secrets: readonly string[] = [],
): string {
  const words = plainWords(text, secrets).replace(/\s+/g, ' ').replace(BLOCK_MARK, '').trim();
  if (words.length <= maximumCharacters) return words;
  return maximumCharacters < 1 ? '' : `${whole(words, 0, maximumCharacters - 1).trimEnd()}…`;
}

/** Of what a model writes piece by piece: all that `plainAnswer` leaves out of the words themselves. Breaks and spaces stay. */
export const plainWords = (text: string, secrets: readonly string[] = []): string =>
  withoutSigns(withoutMarkup(withoutAddresses(redact(cleanText(text), secrets))));

const withoutAddresses = (text: string): string =>
  text.replace(MARKDOWN_LINK, '$1').replace(CERTAIN_URL, ADDRESS).replace(LIKELY_URL, ADDRESS);

const withoutMarkup = (text: string): string =>
  text.replace(TAG, ' ').replace(TAG_BEGIN, '< ').replace(LINK_BEGIN, '] ').replace(IMAGE_BEGIN, '');

const withoutSigns = (text: string): string => text.replace(SIGNS, ' ');
