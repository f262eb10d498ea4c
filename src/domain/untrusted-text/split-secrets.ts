import { passwordsInAddresses } from './named-secrets.ts';
import { shapedSecrets } from './secret-shapes.ts';
import type { SecretSpan, TextView } from './text-view.ts';

/** A word at the beginning of the next line, rather than the rest of a token. */
const WORD = /^(?:[A-Z]?[a-z]*|[A-Z]+)$/;

/**
 * Tokens, addresses and encoded texts that a line break, or a log that was written in pieces, cut into parts: every part is a span of
 * its own.
 */
export const splitSecrets = (
  joined: TextView,
  encoded: (text: string) => readonly SecretSpan[],
): readonly SecretSpan[] => [
  ...shapedSecrets(joined.text).flatMap((span) => partsOf(span, joined, isToken)),
  ...[...passwordsInAddresses(joined.text), ...encoded(joined.text)].flatMap((span) =>
    partsOf(span, joined, () => false),
  ),
];

const isToken = (text: string): boolean => shapedSecrets(text).length > 0;

/** @param isComplete whether what was found so far is a secret without the rest */
function partsOf(
  span: SecretSpan,
  { text, joints, original }: TextView,
  isComplete: (text: string) => boolean,
): readonly SecretSpan[] {
  const within = joints.filter((joint) => joint > span.start && joint < span.end);
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
