import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  assertNoCaseCollisions,
  assertSafeLinks,
  assertSafeNames,
  caseCollision,
} from '../../../../../src/adapters/anywhere/source/tree-safety.ts';
import type { TreeEntry } from '../../../../../src/ports/source-repository.ts';
import fc from '../../../../fixtures/properties.ts';

const files = (...paths: string[]): TreeEntry[] => paths.map((path) => ({ path, kind: 'file', bytes: 1 }));
const unsafe = expect.objectContaining({ code: 'UnsafeRepository' });

describe('assertSafeNames', () => {
  test.each([
    ...['..', '.', '../evil', 'a/../../evil', 'a//b', '/evil', 'a/.', ''],
    ...[
      '.git',
      'a/.git/config',
      '.GIT/config',
      '.Git',
      '.git.',
      '.git ',
      '.git...',
      '.git:x',
      '.git::$INDEX_ALLOCATION',
    ],
    ...['git~1', 'GIT~1', 'git~1 ', '.g\u200cit', '.git\u200d', '\ufeff.git', '.GI\u206aT', 'a/.\u202egit/x'],
    ...['..\\evil', 'a\\..\\evil', '\\evil', 'C:\\evil', 'c:\\', 'a\\.git\\config', 'a\\git~1', 'a\0b'],
  ])('fails with UnsafeRepository for %j', (path) => {
    expect(() => assertSafeNames(files('a.js', path))).toThrow(unsafe);
  });

  test('fails with UnsafeRepository for a file that is a folder too', () => {
    expect(() => assertSafeNames(files('a', 'a/b/c'))).toThrow(unsafe);
    expect(() => assertSafeNames([{ path: 'a', kind: 'symlink', bytes: 1 }, ...files('a/b')])).toThrow(
      unsafe,
    );
    expect(() => assertSafeNames(files('a', 'a'))).toThrow(unsafe);
  });

  test.each(['.gitmodules', 'a/.gitattributes', '.gitignore', '.GITMODULES'])(
    'fails with UnsafeRepository for the link %s',
    (path) => {
      expect(() => assertSafeNames([{ path, kind: 'symlink', bytes: 1 }])).toThrow(unsafe);
      assertSafeNames(files(path));
    },
  );

  test('passes unusual names that harm nobody', () => {
    const names = [
      '...',
      '.gitignore',
      '.github/x',
      'git~2',
      'a\\x2db',
      '-rf',
      '$(id)',
      ' ',
      'ü/é',
      'a:b',
      '.git-x',
      'x.git',
    ];
    assertSafeNames(files(...names));
  });

  test('shows control characters of a name escaped', () => {
    expect(() => assertSafeNames(files('..\u001b[2J/..'))).toThrow('\\u001b');
  });
});

describe('assertSafeLinks', () => {
  const check = (links: Record<string, string>) => () => assertSafeLinks(new Map(Object.entries(links)));

  test.each<[string, Record<string, string>]>([
    ['an absolute target', { link: '/etc/passwd' }],
    ['the folder above', { link: '..' }],
    ['a way out', { 'a/link': '../../etc' }],
    ['a way out and in again', { link: '../shop/a' }],
    ['a way out through a folder', { link: 'a/../../b' }],
    ['a way out with dots', { link: './/.././x' }],
    ['a way out through another link', { 'a/up': '..', link: 'a/up/..' }],
    ['a way out through a chain', { a: 'b', b: 'c', c: 'd/e', 'd/e': '../../x' }],
    ['a link below an escaping link', { a: '/tmp', 'b/link': '../a/x' }],
    ['a way out by another spelling', { 'a/Up': '..', link: 'A/uP/..' }],
    ['a circle', { a: 'b', b: 'a' }],
    ['itself', { a: 'a' }],
    ['a name cut by NUL', { link: '..\0' }],
    ['nothing', { link: '' }],
    ['an endless name', { link: 'x'.repeat(4097) }],
    ['a growing target', { a: 'b/b/b/b', b: 'c/c/c/c/..', c: 'a/a/a' }],
  ])('fails with UnsafeRepository for %s', (_, links) => {
    expect(check(links)).toThrow(unsafe);
  });

  test.each<Record<string, string>>([
    { link: 'a' },
    { 'a/link': '../b' },
    { 'a/b/link': '../..' },
    { link: 'nowhere/../a' },
    { 'a/up': '..', 'b/link': '../a/up/b' },
    { link: 'a\\..\\..\\b' },
    { link: '.' },
  ])('passes %j', (links) => {
    check(links)();
  });

  test('never passes a single link that leads out', () => {
    const segment = fc.constantFrom('..', '.', 'a', 'b', '');
    const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.constantFrom('l', 'a/l', 'a/b/l'), path, (link, target) => {
        const reached = posix.join('/top/top', posix.dirname(link), target);
        // Written as it is walked: a path that leaves and comes back is no way to stay inside.
        fc.pre(!`${reached}/`.startsWith('/top/top/') || target.startsWith('/'));
        expect(check({ [link]: target })).toThrow(unsafe);
      }),
    );
  });
});

describe('caseCollision', () => {
  test.each<[string, string[], boolean]>([
    ['files that differ in case', ['README', 'readme'], true],
    ['folders that differ in case', ['Src/a', 'src/b'], true],
    ['a link and a folder', ['A/hook', 'a'], true],
    ['composed and decomposed letters', ['\u00fc', 'u\u0308'], true],
    ['different names', ['a', 'b', 'a/c', 'a/d'], false],
  ])('tells %s', (_, paths, collides) => {
    expect(caseCollision(files(...paths)) !== undefined).toBe(collides);
  });

  test('names both paths', () => {
    expect(() => assertNoCaseCollisions(files('README', 'readme'))).toThrow(/"readme" and "README"/);
    assertNoCaseCollisions(files('README', 'src/readme'));
  });
});
