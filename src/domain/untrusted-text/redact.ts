import { withoutInvisible } from './clean-text.ts';
import { encodedSecrets } from './encoded-secrets.ts';
import { randomSecrets } from './high-entropy.ts';
import { type KnownSecret, knownSecrets, knownSpans } from './known-secrets.ts';
import { namedSecrets } from './named-secrets.ts';
import { shapedSecrets } from './secret-shapes.ts';
import { splitSecrets } from './split-secrets.ts';
import { joinedView, type SecretSpan, type Span, unescapedView } from './text-view.ts';

/** How often one encoding may be wrapped into another. */
const MOST_ENCODINGS = 3;
/** A redaction may bring together what stood apart; it settles at once or in one more round. */
const MOST_ROUNDS = 4;
const PLACEHOLDER = /\[redacted: [a-z][a-z0-9 ]{0,40}\]/g;
/** Stands for the characters of a placeholder while a text is searched: nothing looks for it. */
const FILLER = '\ue000';

/**
 * A text without secrets, each replaced by `[redacted: kind]`: the values that are given, in any usual form, and whatever has the shape,
 * the name, the place or the randomness of one; also encoded, escaped and split over lines. What was redacted once stays as it is.
 * Invisible characters and escape sequences, which could hide a secret, are removed.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = knownSecrets(secrets);
  let shown = withoutInvisible(text).replaceAll(FILLER, '');
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = redactedOnce(shown, known);
    if (next === shown) break;
    shown = next;
  }
  return shown;
}

function redactedOnce(text: string, known: readonly KnownSecret[]): string {
  const placeholders = Array.from(text.matchAll(PLACEHOLDER), ({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  }));
  const searched = text.replace(PLACEHOLDER, (found) => FILLER.repeat(found.length));
  const spans = secretsIn(searched, known, 0).filter(
    ({ start, end }) => end > start && isNew(searched, start, end),
  );
  return withPlaceholders(text, united(spans, placeholders));
}

/** Nothing but placeholders and the signs between them is left in it. */
const isNew = (searched: string, start: number, end: number): boolean =>
  /[^\ue000\s]/.test(searched.slice(start, end));

function secretsIn(text: string, known: readonly KnownSecret[], depth: number): readonly SecretSpan[] {
  const found = [
    ...knownSpans(text, known),
    ...shapedSecrets(text),
    ...namedSecrets(text),
    ...randomSecrets(text),
  ];
  if (depth >= MOST_ENCODINGS) return found;
  const inside = (read: string): readonly SecretSpan[] => secretsIn(read, known, depth + 1);
  const unescaped = unescapedView(text);
  const joined = joinedView(text);
  return [
    ...found,
    ...encodedSecrets(text, inside),
    ...(unescaped === undefined
      ? []
      : inside(unescaped.text).map((span) => ({ ...span, ...unescaped.original(span) }))),
    ...(joined === undefined ? [] : splitSecrets(text, joined, (read) => encodedSecrets(read, inside))),
  ];
}

/** Spans that touch become one, with the placeholders they touch; placeholders that none touches stay. */
function united(spans: readonly SecretSpan[], placeholders: readonly Span[]): readonly SecretSpan[] {
  const all = [...spans, ...placeholders.map((span) => ({ ...span, kind: '' }))].sort(
    (a, b) => a.start - b.start || b.end - a.end,
  );
  const result: SecretSpan[] = [];
  for (const span of all) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push(span);
    else {
      result[result.length - 1] = {
        kind: last.kind || span.kind,
        start: last.start,
        end: Math.max(last.end, span.end),
      };
    }
  }
  return result.filter(({ kind }) => kind !== '');
}

function withPlaceholders(text: string, spans: readonly SecretSpan[]): string {
  let [shown, done] = ['', 0];
  for (const { kind, start, end } of spans) {
    shown += `${text.slice(done, start)}[redacted: ${kind}]`;
    done = end;
  }
  return shown + text.slice(done);
}
