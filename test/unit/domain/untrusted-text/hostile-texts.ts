const CHARACTERS = 120_000;
const many = (part: string): string => part.repeat(CHARACTERS / part.length);

/** Texts that bring an expression with backtracking to a standstill: in quadratic time each takes longer than a test may. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  letters: many('a'),
  spaces: many(' '),
  'line breaks': many('\n'),
  'log lines': many('a | \n'),
  quotes: many('"'),
  backslashes: many('\\'),
  'escaped line breaks': many('\\n'),
  percents: many('%41'),
  entities: many('&#x41;'),
  'escape sequences without an end': many('\u001b[;?'),
  'control strings without an end': many('\u001b]a'),
  'combining marks': many('\u0301\u0316'),
  'openings of comments': many('<!--'),
  'openings of tags': many('<a '),
  'openings of links': many('[a]('),
  'openings of images': many('!['),
  'addresses without a host': many('a://b:'),
  'hosts without an address': many('a.b.'),
  'names of secrets': many('password='),
  'quoted names of secrets': many('password:"'),
  variables: many('\nMY_TOKEN_'),
  'headers of keys': many('-----BEGIN PRIVATE KEY-----!'),
  'beginnings of tokens': many('_eyJaaaaaaaa'),
  'commands with passwords': many('mysql -'),
  'requests with passwords': many('curl a '),
  base64: many('aGVsbG8gd29ybGQg'),
  hexadecimal: many('61626364 '),
  placeholders: many('[redacted: x]'),
};
