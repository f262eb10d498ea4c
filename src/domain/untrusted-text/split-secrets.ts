import { randomSecrets } from './high-entropy.ts';
import { namedSecrets, passwordsInAddresses } from './named-secrets.ts';
import { shapedSecrets } from './secret-shapes.ts';
import type { SecretSpan, Span, TextView } from './text-view.ts';

const CONTINUED = /\\\r?\n|\n\{"log":"|["'`][ \t]{0,8}\+?[ \t]{0,8}\r?\n[ \t]{0,80}\+?[ \t]{0,8}["'`]/;
/** Between two pieces: a sign at the end of a line, a sum of texts, or a piece of a log that has no line break at its end. */
const CONTINUATION =
  /^(?:\\\r?\n|["'`][ \t]{0,8}(?:\+[ \t]{0,8}\r?\n[ \t]{0,80}|\r?\n[ \t]{0,80}\+[ \t]{0,8})["'`]|"[^\n]{0,160}\}\r?\n\{"log":")$/;

/** A word at the beginning of the next line, rather than the rest of a token. */
const WORD = /^(?:[A-Z]?[a-z]*|[A-Z]+)$/;

/**
 * Tokens, addresses and encoded texts that a line break, or a log that was written in pieces, cut into parts: every part is a span of
 * its own.
 */
export const splitSecrets = (
  written: string,
  joined: TextView,
  encoded: (text: string) => readonly SecretSpan[],
): readonly SecretSpan[] => [
  ...shapedSecrets(joined.text).flatMap((span) => partsOf(span, joined, isToken)),
  ...[...passwordsInAddresses(joined.text), ...encoded(joined.text)].flatMap((span) =>
    partsOf(span, joined, () => false),
  ),
  ...(CONTINUED.test(written) ? continuedSecrets(written, joined) : []),
];

/** Names and randomness tell less than shapes do: what they find goes on only where a line says that it does. */
function continuedSecrets(written: string, joined: TextView): readonly SecretSpan[] {
  const continues = (joint: number): boolean => {
    const { end } = joined.original({ start: joint - 1, end: joint });
    const { start } = joined.original({ start: joint, end: joint + 1 });
    return CONTINUATION.test(written.slice(end, start));
  };
  let reached = 0;
  return [...namedSecrets(joined.text), ...randomSecrets(joined.text)]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .flatMap((span) => {
      if (span.start < reached) return [];
      const stop = jointsWithin(span, joined.joints).find((joint) => !continues(joint)) ?? span.end;
      reached = stop;
      return partsOf({ ...span, end: stop }, joined, () => false);
    });
}

const isToken = (text: string): boolean => shapedSecrets(text).length > 0;

/** @param isComplete whether what was found so far is a secret without the rest */
function partsOf(
  span: SecretSpan,
  { text, joints, original }: TextView,
  isComplete: (text: string) => boolean,
): readonly SecretSpan[] {
  const within = jointsWithin(span, joints);
  if (within.length === 0) return [];
  const parts: SecretSpan[] = [];
  let start = span.start;
  for (const end of [...within, span.end]) {
    const isWhole = parts.length > 0 && isComplete(text.slice(span.start, start));
    if (isWhole && WORD.test(text.slice(start, end))) break;
    parts.push({ kind: span.kind, ...original({ start, end }) });
    start = end;
  }
  return parts;
}

function jointsWithin({ start, end }: Span, joints: readonly number[]): readonly number[] {
  let [low, high] = [0, joints.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((joints[middle] ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while ((joints[last] ?? end) < end) last += 1;
  return joints.slice(low, last);
}
