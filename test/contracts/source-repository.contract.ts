import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import type { Source } from '../../src/domain/deployment.ts';
import type { SourceRepository } from '../../src/ports/source-repository.ts';
import { type GitRepository, gitRepository } from '../fixtures/git-repository.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';

export interface SourceRepositorySubject {
  readonly sources: SourceRepository;
  /** Makes a repository reachable for the adapter; returns its address. */
  readonly publish: (repository: GitRepository) => Promise<string>;
}

/** What every SourceRepository does, whatever it keeps its copies in. */
export function sourceRepositoryContract(make: () => Promise<SourceRepositorySubject>): void {
  let sources: SourceRepository;
  let repository: GitRepository;
  let url: string;

  beforeEach(async () => {
    const subject = await make();
    sources = subject.sources;
    repository = await gitRepository({
      'package.json': '{"name": "shop"}\n',
      'src/server.js': "console.log('hello');\n",
      'bin/start': { executable: '#!/bin/sh\nexec node src/server.js\n' },
      'docs/readme': { link: '../package.json' },
    });
    url = await subject.publish(repository);
  });

  const at = (ref?: string): Source => ({ kind: 'git', url, ref });

  test('fixes the last commit of the default branch', async () => {
    const resolved = await sources.resolve(at());
    expect(resolved).toEqual({
      repository: expect.any(String),
      commit: await repository.git('rev-parse', 'HEAD'),
      tree: await repository.git('rev-parse', 'HEAD^{tree}'),
      subject: 'Write the application',
      warnings: [],
    });
  });

  test('fixes branches, tags and full commit ids', async () => {
    const first = await repository.git('rev-parse', 'HEAD');
    await repository.git('tag', 'v1');
    await repository.git('tag', '--annotate', '--message', 'one', 'v1-annotated');
    await repository.git('checkout', '--quiet', '-b', 'feature/cart');
    const second = await repository.commit({ 'cart.js': '' });
    const refs = ['main', 'v1', 'v1-annotated', first, 'feature/cart', 'refs/heads/feature/cart', second];
    const commits = [];
    for (const ref of refs) commits.push((await sources.resolve(at(ref))).commit);
    expect(commits).toEqual([first, first, first, first, second, second, second]);
  });

  test('sees a new commit and keeps the old one', async () => {
    const before = await sources.resolve(at('main'));
    await repository.commit({ 'package.json': '{"name": "shop2"}\n' });
    const after = await sources.resolve(at('main'));
    expect(after.tree).not.toBe(before.tree);
    expect(await (await sources.open(after)).read('package.json')).toBe('{"name": "shop2"}\n');
    expect(await (await sources.open(before)).read('package.json')).toBe('{"name": "shop"}\n');
  });

  test('follows a branch whose history was rewritten', async () => {
    await sources.resolve(at('main'));
    await repository.git('commit', '--quiet', '--amend', '--allow-empty', '--message', 'Rewrite history');
    expect((await sources.resolve(at('main'))).subject).toBe('Rewrite history');
  });

  test('gives equal trees the same id', async () => {
    const before = await sources.resolve(at('main'));
    await repository.commit();
    const after = await sources.resolve(at('main'));
    expect(after.commit).not.toBe(before.commit);
    expect(after.tree).toBe(before.tree);
  });

  test('lists the files sorted by path', async () => {
    const tree = await sources.open(await sources.resolve(at()));
    expect(tree.entries).toEqual([
      { path: 'bin/start', kind: 'executable', bytes: 34 },
      { path: 'docs/readme', kind: 'symlink', bytes: 15 },
      { path: 'package.json', kind: 'file', bytes: 17 },
      { path: 'src/server.js', kind: 'file', bytes: 22 },
    ]);
  });

  test('reads regular files, up to a limit', async () => {
    await repository.commit({ 'umlaut.txt': 'aä', 'empty.txt': '' });
    const tree = await sources.open(await sources.resolve(at()));
    expect(await tree.read('package.json')).toBe('{"name": "shop"}\n');
    expect(await tree.read('package.json', 7)).toBe('{"name"');
    expect(await tree.read('umlaut.txt', 2)).toBe('a');
    expect(await tree.read('empty.txt')).toBe('');
  });

  test('reads nothing where there is no regular file', async () => {
    const tree = await sources.open(await sources.resolve(at()));
    const paths = [
      'nope',
      'src',
      'docs/readme',
      '../package.json',
      '/etc/passwd',
      'src/../package.json',
      '',
      'a\nb',
    ];
    for (const path of paths) expect(await tree.read(path)).toBeUndefined();
  });

  test('reads many files at once', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`f/${index}`, `content ${index}`]),
    );
    await repository.commit({ ...files, large: 'x'.repeat(6_000_000) });
    const tree = await sources.open(await sources.resolve(at()));
    const texts = await Promise.all(
      tree.entries.map(({ path }) => tree.read(path, path === 'large' ? 5 : 1000)),
    );
    expect(texts).toContain('xxxxx');
    for (let index = 0; index < 60; index += 1) expect(texts).toContain(`content ${index}`);
  });

  test('checks out the files and nothing else', async () => {
    const directory = join(await temporaryFolder(), 'deep', 'checkout');
    await sources.checkout(await sources.resolve(at()), directory);
    expect((await readdir(directory)).sort()).toEqual(['bin', 'docs', 'package.json', 'src']);
    expect(await readFile(join(directory, 'src/server.js'), 'utf8')).toBe("console.log('hello');\n");
    expect((await lstat(join(directory, 'bin/start'))).mode & 0o111).toBe(0o111);
    expect((await lstat(join(directory, 'package.json'))).mode & 0o111).toBe(0);
    expect(await readlink(join(directory, 'docs/readme'))).toBe('../package.json');
  });

  test('fails with RefNotFound naming what there is', async () => {
    await repository.git('branch', 'feature/cart');
    for (const ref of ['feature/card', 'f'.repeat(40)]) {
      await expect(sources.resolve(at(ref))).rejects.toMatchObject({
        code: 'RefNotFound',
        message: expect.stringContaining(ref),
        hint: expect.stringMatching(/feature\/cart.*main|main.*feature\/cart/),
      });
    }
  });

  test('fails with EmptyRepository without files', async () => {
    await repository.git('rm', '-r', '--quiet', '.');
    await repository.commit();
    await expect(sources.resolve(at())).rejects.toMatchObject({ code: 'EmptyRepository' });
  });

  test('fails with EmptyRepository without a commit', async () => {
    await repository.git('update-ref', '-d', 'HEAD');
    await expect(sources.resolve(at())).rejects.toMatchObject({ code: 'EmptyRepository' });
  });

  test('resolves and checks out at the same time', async () => {
    await repository.git('branch', 'other');
    const parent = await temporaryFolder();
    const commits = await Promise.all(
      ['main', 'other', undefined, 'main', 'other'].map(async (ref, index) => {
        const resolved = await sources.resolve(at(ref));
        await sources.checkout(resolved, join(parent, String(index)));
        return resolved.commit;
      }),
    );
    expect(new Set(commits).size).toBe(1);
    expect(await readdir(parent)).toEqual(['0', '1', '2', '3', '4']);
  });

  test('fails with Cancelled when aborted before', async () => {
    const signal = AbortSignal.abort();
    const resolved = await sources.resolve(at());
    const directory = join(await temporaryFolder(), 'checkout');
    await expect(sources.resolve(at(), signal)).rejects.toMatchObject({ code: 'Cancelled' });
    await expect(sources.checkout(resolved, directory, signal)).rejects.toMatchObject({ code: 'Cancelled' });
    await expect(lstat(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('forgets a source, except for others that share it', async () => {
    await repository.git('branch', 'other');
    const resolved = await sources.resolve(at('main'));
    await sources.resolve(at('other'));
    await sources.forget(at('main'));
    expect((await sources.open(resolved)).entries).toHaveLength(4);
    await sources.forget(at('other'));
    await sources.forget(at('other'));
    await expect(sources.open(resolved)).rejects.toMatchObject({ code: 'SourceNotFound' });
    expect((await sources.resolve(at('main'))).commit).toBe(resolved.commit);
  });
}
