import type { SecretSpan } from './text-view.ts';

interface Shape {
  readonly kind: string;
  /** Every part of it is limited or followed by what is not in it: the time it takes grows with the text, not faster. */
  readonly pattern: RegExp;
}

/**
 * Tokens whose makers gave them a shape, from the makers' own pages and the rules of secretlint and gitleaks. The lengths are a little
 * shorter than the real ones.
 */
export const TOKEN_SHAPES: readonly Shape[] = [
  {
    kind: 'aws access key',
    pattern: /(?:AKIA|ASIA|ABIA|ACCA|AIDA|AROA|AGPA|ANPA)[A-Z2-7]{12}[A-Z0-9]{4}(?![a-z])/g,
  },
  { kind: 'bedrock api key', pattern: /ABSK[A-Za-z0-9+/]{40,}={0,2}|bedrock-api-key-[\w+/=-]{20,}/g },
  { kind: 'github token', pattern: /gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}/g },
  { kind: 'gitlab token', pattern: /gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w.-]{16,}/g },
  { kind: 'npm token', pattern: /npm_[A-Za-z0-9]{30,}/g },
  { kind: 'slack token', pattern: /xox[a-z](?:\.xox[a-z])?-[\w-]{10,}|xapp-[\w-]{10,}/g },
  {
    kind: 'webhook',
    pattern:
      /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{10,}|discord(?:app)?\.com\/api\/webhooks\/[\w/-]{10,}/g,
  },
  { kind: 'stripe key', pattern: /(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[\w+/=-]{16,}/g },
  {
    kind: 'model provider key',
    pattern:
      /sk-[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}/g,
  },
  { kind: 'google key', pattern: /AIza[\w-]{30,}|ya29\.[\w-]{16,}|GOCSPX-[\w-]{16,}|1\/\/0[\w-]{20,}/g },
  { kind: 'json web token', pattern: /(?<![A-Za-z0-9])eyJ[\w-]{8,2000}\.[\w-]{8,}(?:\.[\w-]*){0,3}/g },
  { kind: 'sendgrid key', pattern: /SG\.[\w-]{16,}\.[\w-]{16,}/g },
  { kind: 'twilio key', pattern: /(?<![A-Za-z0-9])(?:SK|AC)[0-9a-f]{32}(?![0-9a-f])/g },
  {
    kind: 'platform token',
    pattern:
      /do[opr]_v1_[a-f0-9]{40,}|pypi-[\w-]{16,}|dckr_(?:pat|oat)_[\w-]{16,}|hv[sbr]\.[\w-]{16,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{24,}|dapi[0-9a-f]{30,}|lin_api_[A-Za-z0-9]{16,}|sntry[su]_[\w+/=-]{16,}|sbp_[a-f0-9]{30,}|dp\.(?:pt|st|ct)\.[\w.-]{16,}|ATATT3[\w=-]{20,}|ATCTT3[\w=-]{20,}|NRAK-[A-Z0-9]{20,}|glsa_\w{20,}|glc_[\w+/=]{20,}|rubygems_[a-f0-9]{30,}|PMAK-[\w-]{20,}|figd_[\w-]{20,}|key-[0-9a-f]{32}|pul-[0-9a-f]{30,}|nfp_\w{20,}|rnd_[A-Za-z0-9]{20,}|fo1_[\w-]{20,}|FlyV1 [\w+/=,-]{20,}|SK[0-9a-f]{32}/g,
  },
  { kind: 'telegram token', pattern: /(?<!\d)\d{8,10}:AA[\w-]{30,}/g },
  { kind: 'age key', pattern: /AGE-SECRET-KEY-1[A-Z0-9]{30,}/g },
];

const PRIVATE_KEY_BEGIN = /-{3,8} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{3,8}/g;
const PRIVATE_KEY_END = /-{3,8} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{3,8}/g;
/** Of a key whose end is missing. */
const KEY_MATERIAL = /[A-Za-z0-9+/=\s\\"'|,:.-]*/y;

export function shapedSecrets(text: string): readonly SecretSpan[] {
  return [...TOKEN_SHAPES.flatMap((shape) => spansOf(shape, text)), ...privateKeys(text)];
}

export const spansOf = ({ kind, pattern }: Shape, text: string): readonly SecretSpan[] =>
  Array.from(text.matchAll(pattern), ({ 0: found, index }) => ({
    kind,
    start: index,
    end: index + found.length,
  }));

function privateKeys(text: string): readonly SecretSpan[] {
  const ends = Array.from(text.matchAll(PRIVATE_KEY_END), ({ 0: end, index }) => index + end.length);
  const keys: SecretSpan[] = [];
  for (const { 0: begin, index } of text.matchAll(PRIVATE_KEY_BEGIN)) {
    if (index < (keys.at(-1)?.end ?? 0)) continue;
    while ((ends[0] ?? Number.POSITIVE_INFINITY) <= index) ends.shift();
    keys.push({ kind: 'private key', start: index, end: ends[0] ?? materialEnd(text, index + begin.length) });
  }
  return keys;
}

function materialEnd(text: string, start: number): number {
  KEY_MATERIAL.lastIndex = start;
  return start + (KEY_MATERIAL.exec(text)?.[0].length ?? 0);
}
