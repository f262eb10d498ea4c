import * as z from 'zod';
import { cleanText } from '../domain/untrusted-text/clean-text.ts';

/** Shorter ones are found in any text. */
const SHORTEST_QUOTE = 3;
/** Shorter ones are not worth the name of evidence for an explanation, which changes nothing. */
const SHORTEST_GROUND = 5;
/** Shorter ones prove something only as whole lines. */
const SHORTEST_PROOF = 12;
const MOST_PLACES = 50;

/** What a model says to have read, word for word, and where. Nothing of it is believed before it was found there. */
export const quotedEvidence = z.object({
  file: z.string().max(500),
  /** From 1. */
  line: z.number().int().nullish(),
  quote: z.string().max(600),
});
export type QuotedEvidence = z.infer<typeof quotedEvidence>;

/** Lines of a text, from 1, the last one included. */
export interface QuotedLines {
  readonly first: number;
  readonly last: number;
}

/**
 * Where a text has a quote literally, both cleaned as a model is shown them; empty when it has it nowhere.
 * @param near line that is looked at first
 */
export function quotedLines(text: string, quote: string, near?: number | null): readonly QuotedLines[] {
  const wanted = cleanText(quote).trim();
  if (wanted.length < SHORTEST_QUOTE) return [];
  const shown = cleanText(text);
  const height = wanted.split('\n').length - 1;
  const places: QuotedLines[] = [];
  let line = 1;
  let from = 0;
  for (let at = shown.indexOf(wanted); at !== -1; at = shown.indexOf(wanted, at + 1)) {
    line += newlines(shown, from, at);
    from = at;
    places.push({ first: line, last: line + height });
    if (places.length >= MOST_PLACES) break;
  }
  if (near == null) return places;
  return places.toSorted((a, b) => Math.abs(a.first - near) - Math.abs(b.first - near));
}

/** Whether a quote that is to bear an explanation stands literally in a text, as a model was shown it. */
export const isQuoted = (shown: string, quote: string): boolean =>
  quote.trim().length >= SHORTEST_GROUND && quotedLines(shown, quote).length > 0;

/** The lines of a text as a model is shown them. */
export const shownLines = (text: string): readonly string[] => cleanText(text).split('\n');

/**
 * Whether a quote that was found says enough to prove something by itself: it is whole lines, or too long to stand anywhere.
 * @param lines of the text that has it, from `shownLines`
 * @param place where it was found
 */
export function isTelling(lines: readonly string[], quote: string, { first, last }: QuotedLines): boolean {
  const wanted = cleanText(quote).trim();
  if (wanted.length >= SHORTEST_PROOF) return true;
  return (
    lines
      .slice(first - 1, last)
      .join('\n')
      .trim() === wanted
  );
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
