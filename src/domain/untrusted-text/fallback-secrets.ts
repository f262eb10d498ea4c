import { QUOTED } from './secret-words.ts';
import type { Span } from './text-view.ts';

/** Of an expression, behind the name of a secret. */
const EXPRESSION_CHARACTERS = 400;
/** The next field of an object or argument of a call. */
const NEXT_FIELD = /,[ \t]*["']?[A-Za-z_]\w{0,80}["']?[ \t]*[:=]/;
const FALLBACKS = [
  new RegExp(`(?:\\|\\||\\?\\?|\\bor\\b)=?[ \\t]{0,8}(?<value>${QUOTED})`, 'dg'),
  new RegExp(
    `(?:getenv|environ\\.get|getenv\\.get|fetch|get|env|config|getProperty|getOrDefault)\\([ \\t]{0,4}["'][^"'\\n]{1,100}["'][ \\t]{0,4},[ \\t]{0,4}(?:default[ \\t]{0,4}=[ \\t]{0,4})?(?<value>${QUOTED})`,
    'dg',
  ),
  /** `string | undefined = 'x'` */
  new RegExp(`^[\\w[\\]<>|. \\t?]{1,80}=[ \\t]{0,8}(?<value>${QUOTED})`, 'dg'),
  /** `$\{NAME:-x}` */
  /^\$\{\w{1,80}:?[-=](?<value>[^$}\n][^}\n]{0,400})/dg,
];

/** The literals that stand in for a lookup which finds nothing, in the expression that begins at a place. */
export function fallbacksIn(text: string, at: number): readonly Span[] {
  const line = text.slice(at, at + EXPRESSION_CHARACTERS).split('\n', 1)[0] ?? '';
  const next = NEXT_FIELD.exec(line)?.index ?? line.length;
  return FALLBACKS.flatMap((pattern) =>
    Array.from(line.matchAll(pattern)).flatMap((match) => {
      const [start, end] = match.indices?.groups?.['value'] ?? [0, 0];
      return match.index < next ? [withoutQuotes(line, at, start, end)] : [];
    }),
  );
}

function withoutQuotes(line: string, at: number, start: number, end: number): Span {
  const quote = line.charAt(start);
  if (!/["'`]/.test(quote)) return { start: at + start, end: at + end };
  const isClosed = end > start + 1 && line.charAt(end - 1) === quote;
  return { start: at + start + 1, end: at + (isClosed ? end - 1 : end) };
}
