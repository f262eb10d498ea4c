import { expect, test } from '@jest/globals';
import { redact } from '../../../../src/domain/untrusted-text/redact.ts';
import { anyText } from '../../../fixtures/any-text.ts';
import fc from '../../../fixtures/properties.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { PRIVATE_KEY, TOKENS } from './planted-secrets.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hexadecimal = (text: string): string => Buffer.from(text).toString('hex');
const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const unicode = (text: string): string =>
  [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

test.each(Object.entries(TOKENS))('a %s is not shown, wherever it stands', (_, token) => {
  const hidden = (text: string): string => {
    const shown = redact(text);
    expect(shown).not.toContain(token);
    expect(shown).toMatch(/\[redacted: [a-z0-9 ]+\]/);
    return shown;
  };
  hidden(token);
  expect(hidden(`before ${token} after`)).toMatch(/^before .* after$/);
  hidden(`{"value":"${token}"}`);
  hidden(`{\\"value\\":\\"${token}\\"}`);
  hidden(`https://example.com/?a=${token}&b=1`);
  hidden(`--flag=${token}`);
  hidden(`a\\n${token}\\nb`);
  hidden([...token].join('\u200b'));
});

test.each<[string, (text: string) => string]>([
  ['bytes of a buffer', (text) => JSON.stringify({ type: 'Buffer', data: [...Buffer.from(text)] })],
  [
    'letters of full width',
    (text) => text.replace(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
  ],
  [
    'octal escapes',
    (text) => [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  ],
  ['a sum of two texts', (text) => `"${text.slice(0, 24)}" + "${text.slice(24)}"`],
  ['base64 over two lines of a log', (text) => base64(text).replace(/^(.{22})/, 'web-1  | $1\nweb-1  | ')],
  ['two lines of a log of containers', (text) => `web-1  | ${text.slice(0, 24)}\nweb-1  | ${text.slice(24)}`],
  ['two lines of a comment', (text) => `// ${text.slice(0, 24)}\n// ${text.slice(24)}`],
])('a password in an address is not shown as %s', (_, write) => {
  const written = write('postgres://shop:Kx7-mQ2vT9@db:5432/shop');
  const shown = redact(`before\n${written}\nafter`);
  expect(shown).toContain('[redacted: ');
  expect(shown).not.toMatch(/Kx7|mQ2|vT9|75,120,55|\uff2b\uff58|\\113\\170/);
  expect(shown).not.toContain(base64('postgres://shop:Kx7-mQ2vT9').slice(22, 32));
});

test.each([
  'Not authorized for images: [ami-08c23a10b77e0835b] in sg-0a1b2c3d4e5f60718',
  'still there: load-balancer app/seed-46-84tt8i-load-KSJ7HQGRDXTD/e2d8c7055180d394, target-group seed-46-84tt8i-load-8QJLY15VYOHU/1ffae4802425da4e',
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop-1-load-77AUYEF0W4CL/da03e775917e662e/0467ef3c8400ae65',
])('what AWS calls its things is shown: %s', (text) => {
  expect(redact(text)).toBe(text);
});

test.each(Object.entries(TOKENS))('a %s is not shown in another encoding', (_, token) => {
  for (const encoded of [
    base64(token),
    base64(`x: ${token}\n`),
    base64(base64(`key ${token}`)),
    base64(`note ${token}`).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    hexadecimal(`key ${token}`),
    percent(token),
    unicode(token),
    encodeURIComponent(base64(`key ${token}`)),
  ]) {
    expect(redact(`before ${encoded} after`)).toMatch(/^before \[redacted: [a-z0-9 ]+\]\S{0,3} after$/);
  }
});

test.each([['GitHub token'], ['Anthropic key'], ['Slack token'], ['AWS access key'], ['JSON web token']])(
  'a %s that a line break cuts is not shown',
  (name) => {
    const token = TOKENS[name] ?? '';
    for (const prefix of [
      '',
      '2026-11-21T10:00:00.123Z ',
      'web-1  | ',
      '[stdout] ',
      '    ',
      'chunk 2: ',
      '#12 0.345 ',
    ]) {
      for (let cut = 6; cut < token.length - 2; cut += 5) {
        const shown = redact(
          `${prefix}a ${token.slice(0, cut)}\n${prefix}${token.slice(cut)} b\n${prefix}Error at c`,
        );
        expect(shown).not.toContain(token.slice(0, cut));
        expect(shown).not.toContain(token.slice(cut));
        expect(shown).toContain('Error at c');
      }
    }
  },
);

test.each([
  ['PASSWORD=hunter2', 'PASSWORD=[redacted: secret value]'],
  ['DB_PASSWORD = "hunter2 x"', 'DB_PASSWORD = "[redacted: secret value]"'],
  ['export MY_TOKEN=abc # mine', 'export MY_TOKEN=[redacted: secret value]'],
  ['password: hunter2', 'password: [redacted: secret value]'],
  ['{"dbPassword": "hunter2"}', '{"dbPassword": "[redacted: secret value]"}'],
  ['{"dbPassword": "hun\\"ter2"}', '{"dbPassword": "[redacted: secret value]"}'],
  ['{\\"apiKey\\":\\"hunter 2\\"}', '{\\"apiKey\\":\\"[redacted: secret value]\\"}'],
  ['client_secret=hunter2&x=1', 'client_secret=[redacted: secret value]'],
  ['run --db-password hunter2 --port 1', 'run --db-password [redacted: secret value] --port 1'],
  ['<password>hunter2</password>', '<password>[redacted: secret value]</password>'],
  ['- name: DB_PASSWORD\n  value: hunter2', '- name: DB_PASSWORD\n  value: [redacted: secret value]'],
  ['{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"[redacted: secret value]"}'],
  ['ENV API_KEY hunter2', 'ENV API_KEY [redacted: secret value]'],
  ['the password is hunter2!', 'the password is [redacted: secret value]'],
  ['password: token: "hunter2"', 'password: [redacted: secret value] "[redacted: secret value]"'],
  ['Authorization: Bearer abc.def', 'Authorization: [redacted: credentials]'],
  [
    "-H 'Authorization: Basic dXNlcjpwdw==' https://a.b",
    "-H 'Authorization: [redacted: credentials]' https://a.b",
  ],
  ['Set-Cookie: sid=abc; Path=/', 'Set-Cookie: [redacted: credentials]'],
  ['postgres://bob:hunter2@db:5432/shop', 'postgres://bob:[redacted: password]@db:5432/shop'],
  ['redis://:p@ss/w0rd@cache:6379', 'redis://:[redacted: password]@cache:6379'],
  ['https://bob:hunter2@example.com/a@2', 'https://bob:[redacted: password]@example.com/a@2'],
  ['https://hunter2token@github.com/a/b.git', 'https://[redacted: credentials]@github.com/a/b.git'],
  ['Server=db;User=sa;Password=hunter2;', 'Server=db;User=sa;Password=[redacted: secret value];'],
  ['u=postgres%3A%2F%2Fu%3Ahunter2%40db', 'u=postgres%3A%2F%2Fu%3A[redacted: password]%40db'],
  ['p\u200bass\u202eword=hunter2', 'password=[redacted: secret value]'],
])('%j becomes %j', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test.each([
  'npm ERR! code ELIFECYCLE',
  'SyntaxError: Unexpected token } in JSON at position 12',
  'Unexpected token: punc (()',
  'const token = request.headers.token;',
  'password: process.env.DB_PASSWORD',
  'password: $' + '{DB_PASSWORD}',
  'POSTGRES_PASSWORD: $' + '{POSTGRES_PASSWORD}',
  'password: string;',
  'API_KEY=',
  'tokens: 512, max_tokens: 100',
  'author: Jane, secretary: Bob, passed: 12',
  'id 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
  `FROM node@sha256:${'a1b2c3d4'.repeat(8)}`,
  `"integrity": "sha512-${Buffer.from(Array.from({ length: 64 }, (_, place) => (place * 73 + 151) % 256)).toString('base64')}"`,
  'node_modules/.pnpm/react-dom@18.2.0_react@18.2.0/node_modules/react-dom/cjs/react-dom-server.node.production.min.js',
  'src/components/UserProfileSettingsPanel2/index.test.tsx',
  'at XMLHttpRequestUploadEventTarget.emit (/app/dist/server.js:12:34)',
  'postgres://localhost:5432/shop',
  'https://registry.npmjs.org/@scope/name/-/name-1.2.3.tgz',
  'git@github.com:owner/name.git',
])('%j stays as it is, because it tells no secret', (text) => {
  expect(redact(text)).toBe(text);
});

test('a private key is one placeholder, in lines, escaped, behind prefixes and without its end', () => {
  const body = PRIVATE_KEY.split('\n').slice(1, -1);
  expect(redact(`a\n${PRIVATE_KEY}\nb`)).toBe('a\n[redacted: private key]\nb');
  for (const text of [
    PRIVATE_KEY.replaceAll('\n', '\\n'),
    PRIVATE_KEY.replaceAll('\n', '\nweb-1 | '),
    PRIVATE_KEY.split('\n').slice(0, -1).join('\n'),
    base64(PRIVATE_KEY),
    base64(PRIVATE_KEY).replace(/.{64}/g, '$&\n'),
  ]) {
    const shown = redact(text);
    for (const line of [...body, ...base64(PRIVATE_KEY).split('\n')]) expect(shown).not.toContain(line);
  }
});

const KNOWN = 'Tr0ub4dor&3-zebra/x y';

test.each([
  ['as it is', KNOWN],
  ['in JSON', JSON.stringify(JSON.stringify(KNOWN))],
  ['in a URL', encodeURIComponent(KNOWN)],
  ['in percents', percent(KNOWN)],
  ['in base64', base64(KNOWN)],
  ['in base64 of more', base64(`ab${KNOWN}cd`)],
  ['in base64 of base64', base64(base64(KNOWN))],
  ['in hexadecimal', hexadecimal(KNOWN)],
  ['in capital hexadecimal', hexadecimal(KNOWN).toUpperCase()],
  ['in bytes', [...Buffer.from(KNOWN)].map((byte) => `\\x${byte.toString(16)}`).join('')],
  ['in escapes', unicode(KNOWN)],
  ['in entities of HTML', [...KNOWN].map((character) => `&#${character.charCodeAt(0)};`).join('')],
  ['in UTF-16 and base64', Buffer.from(KNOWN, 'utf16le').toString('base64')],
  ['backwards', [...KNOWN].reverse().join('')],
  ['in capitals', KNOWN.toUpperCase()],
  ['with spaces', [...KNOWN].join(' ')],
  ['put together by a program', `"${KNOWN.slice(0, 7)}" + "${KNOWN.slice(7)}"`],
  ['with invisible characters', [...KNOWN].join('\u2060')],
  ['with colours', KNOWN.replace('zebra', 'ze\u001b[31mbra\u001b[0m')],
])('a value that is known is not shown %s', (_, written) => {
  const shown = redact(`before ${written} after`, [KNOWN]);
  const squeezed = shown.replace(/[^A-Za-z0-9]/g, '');
  expect(shown).toMatch(/^before .*\[redacted: [a-z0-9 ]+\].* after$/);
  expect(shown).not.toContain(written);
  expect(squeezed).not.toMatch(/Tr0ub4dor|zebra/i);
});

test('a value that is known is not shown in pieces, whatever stands before them', () => {
  const value = fc
    .array(fc.constantFrom(...'abcXYZ0189-_.$'), { minLength: 12, maxLength: 40 })
    .map((characters) => characters.join(''))
    .filter((text) => new Set(text).size > 5);
  const prefix = fc.constantFrom(
    '',
    'web-q  | ',
    '2026-11-21T10:00:00Z stdout F ',
    '[chunk 7] ',
    '> ',
    'worker 3 says: ',
  );
  const cuts = fc.array(fc.double({ min: 0.2, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(value, prefix, cuts, (secret, before, places) => {
      const at = [...new Set(places.map((place) => Math.floor(place * secret.length)))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((start, index) => secret.slice(start, at[index]));
      const shown = redact(pieces.map((piece) => before + piece).join('\n'), [secret]);
      // A placeholder may also take the beginning of a prefix: with signs left out, it can look like the next letter of the value.
      const left = shown.split(/\n|\[redacted: [a-z ]+\]/).filter((part) => !before.endsWith(part));
      expect(left).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('a short value counts as a word, a shorter one not at all', () => {
  expect(redact('abcd abcde xabcd', ['abcd'])).toBe('[redacted: known secret] abcde xabcd');
  expect(redact('abc', ['abc', '', ' '])).toBe('abc');
});

test('also the lines of a value of several are not shown', () => {
  expect(redact('x second-line y', ['first-line\nsecond-line\n}'])).toBe('x [redacted: known secret] y');
});

const spoken = fc.constantFrom(
  'password=',
  'token: "',
  '"',
  '\n',
  ' ',
  'Bearer ',
  '://a:',
  '@',
  '[redacted: x]',
  '[redacted: ',
  ']',
  '\\n',
  '%3D',
  '\\"',
  '=',
  '<!--',
  'web-1 | ',
  ...Object.values(TOKENS),
  base64('password=hunter2'),
  PRIVATE_KEY.slice(0, 40),
  'word',
  'Authorization: ',
  KNOWN,
  '\u200b',
  'sha256:',
);
const composed = fc
  .array(fc.oneof(spoken, anyText({ maxLength: 8 })), { maxLength: 14 })
  .map((parts) => parts.join(''));

test('what was redacted once stays as it is', () => {
  fc.assert(
    fc.property(composed, (text) => {
      const once = redact(text, [KNOWN]);
      expect(redact(once, [KNOWN])).toBe(once);
    }),
    { numRuns: 400 },
  );
});

test('no value that is known is left in any text', () => {
  fc.assert(
    fc.property(composed, composed, (before, after) => {
      expect(redact(`${before}${KNOWN}${after}`, [KNOWN])).not.toContain(KNOWN);
    }),
    { numRuns: 200 },
  );
});

test.each(Object.entries(HOSTILE_TEXTS))('many %s take no more than their share of time', (_, text) => {
  expect(redact(text, [KNOWN, 'a'.repeat(24)]).length).toBeGreaterThanOrEqual(0);
});
