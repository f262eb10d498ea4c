import type { SecretSpan } from './text-view.ts';

/** Shorter ones are met in names of files and versions all the time. */
const SHORTEST_TOKEN = 20;
const TOKEN = /[A-Za-z0-9+/_=-]{20,}/g;
const HEX = /^[0-9a-f]+$|^[0-9A-F]+$/;
/** What AWS calls its things is no secret: `ami-08c23a10b77e0835b`, `app/shop-load-77AUYEF0W4CL/da03e775917e662e`. */
const RESOURCE_ID =
  /^(?:[a-z]{1,12}-[0-9a-f]{17}|(?:(?:loadbalancer|listener|listener-rule|targetgroup)\/)?(?:(?:app|net)\/)?[A-Za-z0-9-]{1,32}(?:\/[0-9a-f]{16}){1,3})$/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Shorter digests are ids of commits and containers. */
const SHORTEST_HEX_SECRET = 32;
/** Random text changes between small letters, capitals and digits at every second place, names at every fifth. */
const FEWEST_CHANGES = 0.3;
const FEWEST_CHANGES_WITHOUT_DIGITS = 0.42;

/** Words and names have fewer numbers inside. */
const SHORTEST_WORD_WITH_NUMBERS = 24;
const FEWEST_NUMBERS = 4;

/** What stands before a digest of public things: of files in lock files, of images, of commits. */
const DIGEST_BEFORE =
  /(?:\bsha(?:1|224|256|384|512)[-:=]|\bmd5[-:]|\bh1:|\b(?:commit|tree|parent|revision|rev|ref|sha|checksum|digest|integrity|HEAD|object|index|resolved|hash)["']?[ :=@]{1,4}["']?(?:\d{1,2}c\d\/)?|\/(?:commit|commits|tree|blob|tarball|tar\.gz|archive)\/|\.git#|@sha256:|\bsha\d{1,3}sum[: =]{1,4}|\bcontainer[: =]{1,3})$/i;
/** Ids of commits, of requests that X-Ray traces, and of tasks in ECS. */
const PUBLIC_ID =
  /^(?:[0-9a-f]{40}|(?:[A-Za-z]{1,12}=)?1-[0-9a-f]{8}-[0-9a-f]{24}|task\/(?:[\w-]{1,60}\/)?[0-9a-f]{32})$/;
const SECRET_BEFORE = /pass|pwd|secret|key|token|credential|auth|bearer|basic|signature/i;
const CONTEXT_CHARACTERS = 40;
/** Of SHA-1, SHA-256, SHA-384 and SHA-512, in hexadecimal and in base64. */
const DIGEST =
  /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{86}==)$/;

/** Texts as random as keys are, except digests that say what they are and UUIDs. */
export const randomSecrets = (text: string): readonly SecretSpan[] =>
  Array.from(text.matchAll(TOKEN))
    .filter(
      ({ 0: token, index }) =>
        isRandom(token) && !isDigest(token, text.slice(Math.max(0, index - CONTEXT_CHARACTERS), index)),
    )
    .map(({ 0: token, index }) => ({ kind: 'random text', start: index, end: index + token.length }));

/** `sha512-…` is one token with its digest. */
function isDigest(token: string, before: string): boolean {
  const named = /^sha(?:1|256|384|512)-/.exec(token)?.[0] ?? '';
  const digest = token.slice(named.length);
  if (PUBLIC_ID.test(token) && !SECRET_BEFORE.test(before)) return true;
  return DIGEST.test(digest) && DIGEST_BEFORE.test(`${before}${named}`);
}

function isRandom(token: string): boolean {
  if (RESOURCE_ID.test(token)) return false;
  const core = token.replace(/=+/g, '').replace(UUID, '');
  if (core.length < SHORTEST_TOKEN) return false;
  const parts = core.split(/[^A-Za-z0-9]+/);
  if (parts.some((part) => part.length >= SHORTEST_HEX_SECRET && HEX.test(part))) return /[0-9]/.test(core);
  if (parts.some(hasManyNumbers)) return true;
  const { changes, characters, hasDigit } = changesIn(core);
  if (characters < SHORTEST_TOKEN - 4) return false;
  return changes / characters >= (hasDigit ? FEWEST_CHANGES : FEWEST_CHANGES_WITHOUT_DIGITS);
}

const hasManyNumbers = (part: string): boolean =>
  part.length >= SHORTEST_WORD_WITH_NUMBERS &&
  !HEX.test(part) &&
  Array.from(part.matchAll(/\d+/g)).length >= FEWEST_NUMBERS;

interface Changes {
  readonly changes: number;
  readonly characters: number;
  readonly hasDigit: boolean;
}

/** Changes of the class of character, inside words only: those of `kebab-case-2` and `a/path/v2` say nothing. */
function changesIn(token: string): Changes {
  let [changes, characters, hasDigit, before] = [0, 0, false, ''];
  for (const character of token) {
    const now = classOf(character);
    if (now !== '') characters += 1;
    if (now !== '' && before !== '' && now !== before) changes += 1;
    hasDigit ||= now === '0';
    before = now;
  }
  return { changes, characters, hasDigit };
}

function classOf(character: string): string {
  if (character >= '0' && character <= '9') return '0';
  if (character >= 'a' && character <= 'z') return 'a';
  return character >= 'A' && character <= 'Z' ? 'A' : '';
}
