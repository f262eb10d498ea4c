import { expect, test } from '@jest/globals';
import { redact } from '../../../../src/domain/untrusted-text/redact.ts';

test.each([
  ['dashes', '-'.repeat(130_000)],
  ['lines of one encoded dash', Array.from({ length: 200 }, () => 'LS0t'.repeat(300)).join('\n')],
])('a long text of %s does not crash', (_, text) => {
  expect(redact(text).length).toBeGreaterThan(0);
});

test.each([
  "password: process.env.DB_PASSWORD || 'hunter2-prod'",
  "password: process.env.DB_PASSWORD ?? 'hunter2-prod',",
  "connect(process.env.DB_PASSWORD || 'hunter2-prod')",
  "SECRET_KEY = os.environ.get('SECRET_KEY', 'hunter2-prod')",
  "SECRET_KEY = os.environ.get('SECRET_KEY', default='hunter2-prod')",
  "secret = os.getenv('X') or 'hunter2-prod'",
  "secret_key_base: ENV.fetch('SECRET', 'hunter2-prod')",
  "password: <%= ENV['X'] || 'hunter2-prod' %>",
  "constructor(password: string = 'hunter2-prod') {}",
  "def connect(password: str = 'hunter2-prod'):",
  'POSTGRES_PASSWORD: $' + '{DATABASE:-hunter2-prod}',
])('the fallback of a lookup is not shown: %s', (text) => {
  expect(redact(text)).toBe(text.replace('hunter2-prod', '[redacted: secret value]'));
});

test('what follows in the next field of a lookup is shown', () => {
  const text = "{ password: process.env.DB_PASSWORD, mode: process.env.MODE || 'development' }";
  expect(redact(text)).toBe(text);
});

test.each([
  "define('DB_PASSWORD', 'hunter2-wp');",
  "ALTER USER shop WITH PASSWORD 'hunter2-wp';",
  'source.setPassword("hunter2-wp");',
  '<entry key="password">hunter2-wp</entry>',
  'DB_PW=hunter2-wp',
  'pw=hunter2-wp',
  'passcode=hunter2-wp',
])('a secret in an everyday place is not shown: %s', (text) => {
  expect(redact(text)).toBe(text.replace('hunter2-wp', '[redacted: secret value]'));
});

const COMMIT = '9fceb02d0ae598e95dc970b74767f19372d61af8';
const CONTENT = '3f9a1c7e5b2d8046'.repeat(4);

test.each([
  '"express-session": "^1.18.0"',
  '"next-auth": "^4.24.7",',
  '"js-cookie": "3.0.5"',
  'django-session: 2.10.1',
  'PASSWORD_LENGTH=12',
  'TOKEN_EXPIRES_IN=3600',
  'SECRET_NAME=shop/database',
  'PASSWORD_FILE=/run/secrets/database',
  `checked out ${COMMIT}`,
  `sha256sum: ${CONTENT}`,
  `Started container ${CONTENT}`,
  `task/shop/${CONTENT.slice(0, 32)}`,
  'RequestId: 1-5759e988-bd862e3fe1be46a994272793',
])('%s is shown, because it tells no secret', (text) => {
  expect(redact(text)).toBe(text);
});

test('forty hexadecimal digits behind the name of a secret are not shown', () => {
  for (const before of ['api key ', 'password=', 'GITHUB_TOKEN ']) {
    expect(redact(`${before}${COMMIT}`)).not.toContain(COMMIT);
  }
});

test.each([
  ['"password":\n   "hunter2-json"', 'hunter2-json'],
  ['db:\n  password: |\n    hunter2-yaml\n  port: 1', 'hunter2-yaml'],
  ['db:\n  password: >-\n    hunter2-yaml\n    and-more\n  port: 1', 'hunter2-yaml\n    and-more'],
  ['password:\n  hunter2-prod', 'hunter2-prod'],
  ['a: 1\npassword: correct horse battery staple\nb: 2', 'correct horse battery staple'],
])('a value of several words or on the next line is not shown: %j', (text, value) => {
  expect(redact(text)).toBe(text.replace(value, '[redacted: secret value]'));
});

test.each([
  'secrets:\n  - name: shop\n    path: a',
  'password:\n  type: string\n  minLength: 8',
  'password:\nport: 1',
])('what lies below the name of a secret is shown when it is no value: %j', (text) => {
  expect(redact(text)).toBe(text);
});

test('a word with many runs of digits is random', () => {
  expect(redact('x q7wertyuiop3asdfgh8jklzx2cvbnm4 y')).toBe('x [redacted: random text] y');
});

test.each([
  ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDE\\\nNG/bPxRfiCYEXAMPLEKEY', ['wJalrXUtn', 'bPxRfiCY']],
  ['{"log":"password=hunt"}\n{"log":"er2-prod"}', ['hunt', 'er2-prod']],
  ['{"log":"password=hunt","stream":"stdout"}\n{"log":"er2-prod","stream":"stdout"}', ['hunt', 'er2-prod']],
  ['const password = "hunter2-" +\n  "production";', ['hunter2', 'production']],
])('a named secret that goes on in the next line is not shown: %j', (text, pieces) => {
  for (const piece of pieces) expect(redact(text)).not.toContain(piece);
});

test('a line that does not go on in the next one ends the value', () => {
  const text = 'web-1 | password=\nweb-1 | listening';
  expect(redact(text)).toBe(text);
});

test.each([
  ['names over lines', 'password:\n  a'],
  ['blocks', 'password: |\n a\n'],
  ['continued names', 'secret=a\\\n'],
  ['fallbacks', "password || '"],
  ['elements', '<entry key="password'],
  ['words', '\npassword: a b c '],
  ['calls', "get('password"],
])('many %s take no more than their share of time', (_, part) => {
  expect(redact(part.repeat(120_000 / part.length)).length).toBeGreaterThan(0);
});
