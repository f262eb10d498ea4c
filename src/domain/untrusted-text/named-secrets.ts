import { fallbacksIn } from './fallback-secrets.ts';
import { LINES_OF_SECRETS } from './lines-of-secrets.ts';
import { PLACED } from './placed-secrets.ts';
import { DOUBTFUL_WORDS, patternOf, SECRET_WORDS, VALUE } from './secret-words.ts';
import type { SecretSpan } from './text-view.ts';

const NAME_END = '[\\w.-]{0,40}';
const SEPARATOR = '\\\\{0,3}["\'`\\]]{0,2}[ \\t]{0,8}(?:=>|:=|==?|:)[ \\t]{0,8}';
const NAMED = new RegExp(`(?:${patternOf(SECRET_WORDS)})${NAME_END}${SEPARATOR}(?=(?<value>${VALUE}))`, 'dg');
const DOUBTFUL = new RegExp(
  `(?<![A-Za-z])(?<name>${patternOf(DOUBTFUL_WORDS)})${SEPARATOR}(?=(?<value>${VALUE}))`,
  'dg',
);
/** `TOKEN=`, `MY_PASS: `: to the end of the line. */
const VARIABLE =
  /(?:^|\n)[ \t]*(?:-[ \t]+)?(?:(?:export|set|ENV|ARG)[ \t]+)?(?:[A-Z0-9_]{0,80}_)?(?:PASSWORD|PASSWD|PASSCODE|PASS|PW|PASSPHRASE|PWD|SECRET|TOKEN|KEY|AUTH|SALT|COOKIE|JWT|CREDENTIALS?|DSN|SIGNATURE)S?(?:_[A-Z0-9_]{0,80})?[ \t]*[=:][ \t]*(?<value>[^\n]{1,4096})/dg;
/** `the password is x`. */
const TOLD =
  /(?:password|passphrase|passcode|secret|token|api key)[ \t]+(?:is|was)[ \t:]{1,4}(?<value>["'`]?[^\s"'`]{4,400})/dgi;

/** Headers whose whole value is a credential. */
const HEADER =
  /\b(?:proxy-authorization|authorization|set-cookie2?|cookie|x-api-key|x-auth-token|x-amz-security-token|x-vault-token|private-token|x-csrf-token|x-goog-api-key|api-key)["'`]?[ \t]{0,4}[:=][ \t]{0,4}["'`]?(?<value>[^"'`\n]{1,4096})/dgi;
const BEARER = /\bbearer[ \t]+(?<value>[\w.~+/=-]{8,4096})/dgi;
const BASIC = /\bbasic[ \t]+(?<value>[A-Za-z0-9+/]{8,4096}={0,2})/dgi;

const ADDRESS_WITH_PASSWORD =
  /\b(?!https?:)[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{0,256}:(?<value>[^\s"'<>]{1,512})@/dgi;
const WEB_ADDRESS_WITH_PASSWORD = /\bhttps?:\/\/[^\s/:@"'<>]{0,256}:(?<value>[^\s/"'<>]{1,512})@/dgi;
const WEB_ADDRESS_WITH_TOKEN = /\bhttps?:\/\/(?<value>[^\s/:@"'<>]{6,512})@/dgi;

/** Stands for a value that is elsewhere: a variable, an expression of a template, a lookup in a program. */
const REFERENCE =
  /^(?:\$\{[^}\n]*\}|\$\{\{[^}\n]*\}\}|\$\([^)\n]*\)?|\$[A-Z_][A-Z0-9_]*|%[A-Z_]+%|\{\{[^}\n]*(?:\}\})?|<%.*|<[a-z][a-z _-]*>|(?:process\.env|import\.meta\.env|os\.environ|os\.getenv|System\.getenv|Deno\.env|Bun\.env|env|ENV|secrets|vars|inputs|config|settings|req|request|this|self|props|options|z)[.([].*|getenv\(.*|!(?:Ref|Sub|GetAtt).*)$/;
const NO_VALUE =
  /^(?:string|number|boolean|bool|any|unknown|object|null|nil|undefined|true|false|none|required|optional|str|int|await|new|async|function|return|typeof|\*{1,64}|[xX]{3,64}|\.{3}|[^A-Za-z0-9]{0,3})$/;
/** `createHash('sha256')`, where spaces around the sign show that it is a program. */
const CALL = /^[A-Za-z_$][\w$.]{0,200}\(/;
const VERSION = /^[\^~<>=v ]{0,4}\d{1,9}(?:\.\d{1,9}){1,3}(?:[-+][\w.]{1,40})?$/;
/** Names that speak about a secret: `PASSWORD_LENGTH=`, `SECRET_NAME:`. */
const HARMLESS_NAME =
  /_(?:LENGTH|TTL|EXPIRES\w{0,20}|PATH|PREFIX|NAME|FILE|URL)["'`\]]{0,2}[ \t]{0,8}(?:=>|:=|==?|:)[ \t]{0,8}$/i;
const MINIMUM_DOUBTFUL_CHARACTERS = 6;

interface Rule {
  readonly kind: string;
  readonly pattern: RegExp;
  readonly isDoubtful?: true;
  /** Nothing that stands for a value elsewhere is spared. */
  readonly takesAll?: true;
}

const ADDRESS_RULES: readonly Rule[] = [
  { kind: 'password', pattern: ADDRESS_WITH_PASSWORD },
  { kind: 'password', pattern: WEB_ADDRESS_WITH_PASSWORD },
];
const RULES: readonly Rule[] = [
  { kind: 'credentials', pattern: HEADER, takesAll: true },
  { kind: 'credentials', pattern: BEARER, isDoubtful: true },
  { kind: 'credentials', pattern: BASIC, isDoubtful: true },
  ...ADDRESS_RULES,
  { kind: 'credentials', pattern: WEB_ADDRESS_WITH_TOKEN },
  { kind: 'secret value', pattern: VARIABLE },
  { kind: 'secret value', pattern: NAMED },
  { kind: 'secret value', pattern: DOUBTFUL, isDoubtful: true },
  { kind: 'secret value', pattern: TOLD, isDoubtful: true },
  ...[...PLACED, ...LINES_OF_SECRETS].map((pattern) => ({ kind: 'secret value', pattern })),
];

/** A text with none of them matches no rule: most of the texts that are looked at are short and have none. */
const HINT =
  /pass|pw|secret|credential|key|token|auth|salt|cookie|jwt|sig|otp|pin|dsn|session|sas|webhook|connection|identified|bearer|basic|:\/\/|curl|mysql|psql|redis|docker/i;

/** Values whose names, headers or places say that they are secret. */
export const namedSecrets = (text: string): readonly SecretSpan[] =>
  HINT.test(text) ? spansBy(RULES, text) : [];

/** `postgres://shop:THIS@db/shop` */
export const passwordsInAddresses = (text: string): readonly SecretSpan[] =>
  text.includes('://') ? spansBy(ADDRESS_RULES, text) : [];

const spansBy = (rules: readonly Rule[], text: string): readonly SecretSpan[] =>
  rules.flatMap((rule) =>
    Array.from(text.matchAll(rule.pattern)).flatMap((match) => spansAt(rule, match, text)),
  );

function spansAt(rule: Rule, match: RegExpExecArray, text: string): readonly SecretSpan[] {
  const [from, to] = match.indices?.groups?.['value'] ?? [0, 0];
  const { start, end } = unquoted(text, from, to);
  const value = text.slice(start, end);
  const before = text.charAt(from - 1);
  if (rule.takesAll) return value === '' || VERSION.test(value) ? [] : [{ kind: rule.kind, start, end }];
  if (HARMLESS_NAME.test(text.slice(match.index, from))) return [];
  const isSpared = (literal: string): boolean =>
    literal === '' ||
    VERSION.test(literal) ||
    standsForAnother(literal, before) ||
    (rule.isDoubtful === true && !looksSecret(literal));
  const whole = isSpared(value) ? [] : [{ start, end }];
  const fallbacks = start > from && whole.length > 0 ? [] : fallbacksIn(text, start);
  return [...whole, ...fallbacks.filter((span) => !isSpared(text.slice(span.start, span.end)))].map(
    (span) => ({ ...span, kind: rule.kind }),
  );
}

function unquoted(text: string, from: number, to: number): { readonly start: number; readonly end: number } {
  const quote = text.charAt(from);
  if (!/["'`]/.test(quote)) return { start: from, end: trimmedEnd(text, from, to) };
  return { start: from + 1, end: to > from + 1 && text.charAt(to - 1) === quote ? to - 1 : to };
}

function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  const isOpened = text.slice(from, to).includes('{');
  while (end > from && (isOpened ? /[\s,;]/ : /[\s,;)\]}]/).test(text.charAt(end - 1))) end -= 1;
  return end;
}

const standsForAnother = (value: string, before: string): boolean =>
  NO_VALUE.test(value) || REFERENCE.test(value) || (before === ' ' && CALL.test(value));

const looksSecret = (value: string): boolean =>
  value.length >= MINIMUM_DOUBTFUL_CHARACTERS &&
  (/\d/.test(value) || /[a-z][A-Z]|[!@#$%^&*~]/.test(value) || value.length >= 24);
