/** Names that say of any value that it is a secret. */
export const SECRET_WORDS =
  'password passwd passcode passwort passphrase pwd secret credential api-key access-key private-key secret-key signing-key encryption-key master-key auth-key account-key shared-key auth-token access-token refresh-token id-token session-token security-token bearer-token client-secret app-secret connection-string x-amz-signature x-amz-credential dbpass pgpass requirepass';
/** Names that also stand for harmless things: their values have to look like secrets, unless they are environment variables. */
export const DOUBTFUL_WORDS =
  'token pass auth salt cookie jwt signature sig otp pin dsn session sas webhook key';

const wordPattern = (word: string): string => {
  const parts = word.split('-');
  const camel = parts.map((part) => `[${part.charAt(0)}${part.charAt(0).toUpperCase()}]${part.slice(1)}`);
  return `${camel.join('[_. -]?')}s?(?![a-z])|${parts.map((part) => part.toUpperCase()).join('[_. -]?')}S?`;
};
const startingWith = ([letter, words = []]: [string, string[] | undefined]): string =>
  `(?=[${letter}${letter.toUpperCase()}])(?:${words.map(wordPattern).join('|')})`;

/** By first letters, so that nearly every place in a text is left after one look at its letter. */
export const patternOf = (words: string): string =>
  Object.entries(Object.groupBy(words.split(' '), (word) => word.charAt(0)))
    .map(startingWith)
    .join('|');

const QUOTED_TEXT =
  '"(?:[^"\\\\\\n]|\\\\.){0,4096}"?|\'(?:[^\'\\\\\\n]|\\\\.){0,4096}\'?|`(?:[^`\\\\\\n]|\\\\.){0,4096}`?';
/** Of regular expressions: a literal of a program. */
export const QUOTED = `(?:${QUOTED_TEXT})`;
/** Of regular expressions: a literal, or what stands there up to the next space. */
export const VALUE = `(?:${QUOTED_TEXT}|[^\\s"'\`]{1,4096})`;
