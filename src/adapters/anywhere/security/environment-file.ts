import { isPlaceholder } from './placeholder.ts';

const MIN_SECRET_CHARACTERS = 8;
/** Expressions that look for the end of a line take quadratic time on an endless one. */
const MAX_LINE_CHARACTERS = 2_048;

const ENVIRONMENT_FILE = /(?:^|\/)(?:\.env(?:\.[\w.-]+)?|[\w-]+\.env)$/;
const TEMPLATE =
  /\.(?:example|sample|template|tpl|dist|defaults?|schema|test|ci)(?:\.|$)|(?:^|\/)(?:example|sample|template)\.env$/i;
const SECRET_NAME =
  /(?:^|_)(?:SECRET|SECRETS|TOKEN|PASSWORD|PASSWD|PASS|PASSPHRASE|CREDENTIALS?|PRIVATE_KEY|API_?KEY|ACCESS_KEY|SIGNING_KEY|ENCRYPTION_KEY|AUTH_KEY|SALT)(?:_|$)/i;
/** Names of browser-side variables: their values are published with the page. */
const PUBLIC_NAME = /^(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|PUBLIC|GATSBY|EXPO_PUBLIC)_/;
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;

/** A file of real settings, not the template that goes with it. */
export const isEnvironmentFile = (path: string): boolean =>
  ENVIRONMENT_FILE.test(path) && !TEMPLATE.test(path);

/** The lines, from 1, that give a variable with the name of a secret a value that looks real. */
export function environmentFileSecrets(text: string): readonly number[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const [, name = '', value = ''] = ASSIGNMENT.exec(line.slice(0, MAX_LINE_CHARACTERS)) ?? [];
    return isSecret(name, unquoted(value)) ? [index + 1] : [];
  });
}

function isSecret(name: string, value: string): boolean {
  if (!SECRET_NAME.test(name) || PUBLIC_NAME.test(name)) return false;
  return value.length >= MIN_SECRET_CHARACTERS && !isPlaceholder(value);
}

function unquoted(value: string): string {
  const quoted = /^(["'`])(.*?)\1/.exec(value);
  return quoted?.[2] ?? value.replace(/\s+#.*$/, '').trim();
}
