import { describe, expect, test } from '@jest/globals';
import type { Source } from '../../../src/domain/deployment.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import {
  couldRunProgram,
  nameFromSource,
  namesFolder,
  parseSource,
  sameSource,
  sourceLabel,
} from '../../../src/domain/source.ts';
import { anyText } from '../../fixtures/any-text.ts';
import fc from '../../fixtures/properties.ts';

const parse = (text: string): Source => parseSource(text, { workingTree: false });
const SHA = '72f670c16435e50e17d0be2a56c872f7e44ef430';

function failureOf(text: string, workingTree = false): HiveMindError {
  try {
    parseSource(text, { workingTree });
  } catch (error) {
    if (error instanceof HiveMindError) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

describe('parseSource', () => {
  test.each([
    ['/srv/shop', '/srv/shop'],
    ['/srv/shop/', '/srv/shop'],
    ['/srv/./x/../shop', '/srv/shop'],
    ['/home/ada/My Projects/café', '/home/ada/My Projects/café'],
    ['/srv/c#/a:b', '/srv/c#/a:b'],
  ])('takes %s as a folder', (text, path) => {
    expect(parse(text)).toEqual({ kind: 'folder', path, workingTree: false });
    expect(parseSource(text, { workingTree: true })).toEqual({ kind: 'folder', path, workingTree: true });
  });

  test.each([
    ['https://github.com/ada/shop', 'https://github.com/ada/shop', undefined],
    ['https://github.com/ada/shop.git/', 'https://github.com/ada/shop.git', undefined],
    ['HTTPS://GitHub.com/ada/Shop#main', 'https://github.com/ada/Shop', 'main'],
    ['https://git.example.com:8443/a/b/c.git#v1.2.3', 'https://git.example.com:8443/a/b/c.git', 'v1.2.3'],
    ['https://github.com/ada/shop#', 'https://github.com/ada/shop', undefined],
    [`https://github.com/ada/shop#${SHA}`, 'https://github.com/ada/shop', SHA],
    ['https://github.com/ada/shop/tree/main', 'https://github.com/ada/shop', 'main'],
    ['https://www.github.com/ada/shop/tree/feature/cart/', 'https://github.com/ada/shop', 'feature/cart'],
    ['https://github.com/ada/shop/tree/a%23b', 'https://github.com/ada/shop', 'a#b'],
    [`https://github.com/ada/shop/commit/${SHA}`, 'https://github.com/ada/shop', SHA],
    ['http://127.0.0.1:8080/shop.git#main', 'http://127.0.0.1:8080/shop.git', 'main'],
    ['http://localhost/shop.git', 'http://localhost/shop.git', undefined],
    ['http://[::1]:3000/shop.git', 'http://[::1]:3000/shop.git', undefined],
    ['ssh://git@example.com/ada/shop.git', 'ssh://git@example.com/ada/shop.git', undefined],
    ['ssh://git@example.com:2222/~/shop#main', 'ssh://git@example.com:2222/~/shop', 'main'],
    ['ssh://example.com/shop', 'ssh://example.com/shop', undefined],
    ['git@github.com:ada/shop.git', 'git@github.com:ada/shop.git', undefined],
    ['git@github.com:ada/shop.git#release/2', 'git@github.com:ada/shop.git', 'release/2'],
    ['file:///srv/git/shop.git#main', 'file:///srv/git/shop.git', 'main'],
    ['file://localhost/srv/my%20shop/', 'file:///srv/my%20shop', undefined],
  ])('takes %s as a git address', (text, url, ref) => {
    expect(parse(text)).toEqual(ref === undefined ? { kind: 'git', url } : { kind: 'git', url, ref });
  });

  test.each([
    '--upload-pack=touch /tmp/owned',
    '-oProxyCommand=id',
    '--config=core.sshCommand=id',
    'ext::sh -c id',
    'ext::sh',
    'fd::17',
    'persistent-https::https://github.com/ada/shop',
    '::https://github.com/ada/shop',
    'git://github.com/ada/shop',
    'ftp://example.com/shop',
    'git+ssh://git@example.com/shop',
    'javascript:alert(1)',
    'example.com:shop.git',
    'http://example.com/shop.git',
    'http://169.254.169.254/latest',
    'http://127.0.0.1.example.com/shop',
    'https://github.com',
    'https://',
    'https://-oProxyCommand=id/shop',
    'https://github.com/ada/shop?private_token=abc',
    'https://github.com/ada/a b',
    'https://github.com\\ada\\shop',
    'https://github.com/ada/shop%0aprotocol=file',
    'https://github.com/ada/shop/tree/%zz',
    'ssh://-oProxyCommand=id/shop',
    'ssh://git@-oProxyCommand=id/shop',
    'ssh://%2doProxyCommand=id/shop',
    'ssh://-l@example.com/shop',
    'ssh://git@example.com/-shop',
    'ssh://git@example.com',
    'ssh://git@example.com:port/shop',
    '-git@example.com:shop',
    'git@-oProxyCommand=id:shop',
    'git@example.com:-shop',
    'git@example.com:',
    'git@$(id):shop',
    'file://example.com/srv/shop',
    'file:/srv/shop',
    'file:srv/shop',
    'file:///srv/../etc',
    'file:///srv/%2e%2e/etc',
    'file:///srv/a%00b',
    '/srv/shop\n',
    '/srv/\u0000shop',
    'https://github.com/ada/shop\r\nHost: evil',
    'https://github.com/ada/\u202eshop',
  ])('fails with UnsafeSource for %j', (text) => {
    const failure = failureOf(text);
    expect(failure.code).toBe('UnsafeSource');
    expect(failure.hint).not.toBe('');
  });

  test.each([
    '-oProxyCommand=id',
    '--upload-pack=id',
    'a..b',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a@{1}',
    '@',
    '.hidden',
    'a/.b',
    '/a',
    'a/',
    'a//b',
    'a.',
    'a.lock',
    'a.lock/b',
    'a\u007f',
    'a\u200bb',
  ])('fails with UnsafeSource for the ref %j', (ref) => {
    expect(failureOf(`https://github.com/ada/shop#${ref}`).code).toBe('UnsafeSource');
  });

  test('takes shell characters in a ref as text', () => {
    expect(parse('https://github.com/ada/shop#$(id)')).toMatchObject({ ref: '$(id)' });
  });

  test.each(['', '   ', '.', 'examples/guestbook', '../shop', `/${'x'.repeat(5000)}`])(
    'fails with InvalidInput for %.20j',
    (text) => {
      expect(failureOf(text).code).toBe('InvalidInput');
    },
  );

  test('fails with InvalidInput for an address with a working tree', () => {
    expect(failureOf('https://github.com/ada/shop', true).code).toBe('InvalidInput');
  });

  test.each([
    'https://ada:s3cret@github.com/ada/shop',
    'https://s3cret@github.com/ada/shop',
    'https://ada:s3cret@github.com:99999/ada/shop',
    'ssh://git:s3cret@example.com/shop',
    'git:s3cret@example.com:shop',
    'ftp://ada:s3cret@example.com/shop',
    'https://github.com/ada/shop?token=s3cret',
  ])('refuses %s without repeating the credential', (text) => {
    const failure = failureOf(text);
    expect(failure.code).toBe('UnsafeSource');
    expect(`${failure.message} ${failure.hint}`).not.toContain('s3cret');
  });

  test('names the safe transport for http and git', () => {
    expect(failureOf('http://example.com/shop').hint).toContain('https://');
    expect(failureOf('git://example.com/shop').hint).toContain('https://');
  });

  test('never returns an option or a control character', () => {
    const part = fc.constantFrom(
      ...[
        '-',
        '--',
        'ext::',
        'https://',
        'ssh://',
        'file://',
        'git@',
        'h',
        ':',
        '/',
        '#',
        '%0a',
        '%2d',
        '..',
      ],
      ...['\n', '\0', ' ', '\u202e', 'github.com', '/a/b', '/tree/', '@', '?', '$(id)'],
    );
    const text = fc.oneof(
      anyText(),
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        const parsed = attempt(source);
        if (parsed === undefined) return;
        const values = parsed.kind === 'folder' ? [parsed.path] : [parsed.url, parsed.ref ?? 'HEAD'];
        for (const value of values) {
          expect(value).not.toMatch(/^-|[\u0000-\u001f\u007f]/);
          expect(value).not.toBe('');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('understands its own result the same way', () => {
    const address = fc
      .tuple(
        fc.constantFrom('https://github.com/', 'ssh://git@h:22/', 'git@h:', 'file:///', '/'),
        fc.stringMatching(/^[a-z%20./]{1,12}$/),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(address, (source) => {
        const parsed = attempt(source);
        if (parsed)
          expect(parse(parsed.kind === 'folder' ? parsed.path : sourceLabel(parsed))).toEqual(parsed);
      }),
    );
  });
});

function attempt(text: string): Source | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof HiveMindError)) throw error;
    return undefined;
  }
}

describe('namesFolder', () => {
  test('tells folders from addresses', () => {
    expect(['.', 'a/b', '/a', './a:b', '/a/b:c'].map(namesFolder)).toEqual([true, true, true, true, true]);
    expect(['git@h:a', 'https://h/a', 'ext::sh'].map(namesFolder)).toEqual([false, false, false]);
  });
});

describe('sourceLabel', () => {
  test('shows the path, or address and ref', () => {
    expect(sourceLabel(parse('/srv/shop'))).toBe('/srv/shop');
    expect(sourceLabel(parse('git@github.com:ada/shop.git#main'))).toBe('git@github.com:ada/shop.git#main');
  });

  test('shows no credential of an old record', () => {
    expect(sourceLabel({ kind: 'git', url: 'https://ada:s3cret@github.com/a/b' })).toBe(
      'https://github.com/a/b',
    );
    expect(sourceLabel({ kind: 'git', url: 'ssh://git:s3cret@h/a' })).toBe('ssh://git@h/a');
  });

  test('escapes control characters', () => {
    expect(sourceLabel({ kind: 'folder', path: '/a\u001b[31m', workingTree: false })).toBe('/a\\u001b[31m');
  });
});

describe('nameFromSource', () => {
  test.each([
    ['/srv/My Shop', 'my-shop'],
    ['https://github.com/ada/shop.git#main', 'shop'],
    ['git@github.com:ada/Shop_API.git', 'shop-api'],
    ['git@host:shop', 'shop'],
    ['file:///srv/my%20shop', 'my-shop'],
    ['/srv/123', undefined],
  ])('makes a name of %s', (text, name) => {
    expect(nameFromSource(parse(text))).toBe(name);
  });
});

describe('sameSource', () => {
  const same = (a: string, b: string): boolean => sameSource(parse(a), parse(b));

  test('ignores protocol, user, ref and working tree', () => {
    expect(same('https://github.com/ada/shop', 'https://GitHub.com/ada/shop.git#main')).toBe(true);
    expect(same('git@github.com:ada/shop.git', 'ssh://git@github.com/ada/shop')).toBe(true);
    expect(same('git@github.com:ada/shop.git', 'https://github.com/ada/shop')).toBe(true);
    expect(same('file:///srv/shop', '/srv/shop')).toBe(true);
    expect(sameSource(parse('/srv/a'), parseSource('/srv/a', { workingTree: true }))).toBe(true);
  });

  test('tells hosts, ports and paths apart', () => {
    expect(same('https://github.com/ada/shop', 'https://github.com/ada/shop2')).toBe(false);
    expect(same('https://github.com/ada/shop', 'https://gitlab.com/ada/shop')).toBe(false);
    expect(same('https://h:1/shop', 'https://h:2/shop')).toBe(false);
    expect(same('/srv/a', '/srv/b')).toBe(false);
  });
});

describe('couldRunProgram', () => {
  test.each([
    '-oProxyCommand=id',
    'ext::sh -c id',
    'ssh://-oProxyCommand=id/x',
    'ssh://%2doProxyCommand=id/x',
    'git@-oProxyCommand=id:x',
    'https://example.com/%0ahost',
    'a\nb',
  ])('recognises %j', (address) => {
    expect(couldRunProgram(address)).toBe(true);
  });

  test.each(['../other.git', './x', 'https://h/a-b', 'git://h/a', 'git@h:a/-b', '/srv/x'])(
    'passes %s',
    (address) => {
      expect(couldRunProgram(address)).toBe(false);
    },
  );
});
