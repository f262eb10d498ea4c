import { chmod, chown, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Home } from '../../../../../src/adapters/local/home.ts';
import { localSourceRepository } from '../../../../../src/adapters/local/source-repository.ts';
import type { Source } from '../../../../../src/domain/deployment.ts';
import type { SourceRepository } from '../../../../../src/ports/source-repository.ts';
import { gitRepository, runGit, writeFiles } from '../../../../fixtures/git-repository.ts';
import { temporaryFolder, temporaryHome } from '../../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

let home: Home;
let sources: SourceRepository;
/** Home folder of the operator, with their git configuration. */
let operator: string;

beforeEach(async () => {
  home = await temporaryHome();
  operator = await temporaryFolder();
  Object.assign(process.env, { HOME: operator, XDG_CONFIG_HOME: operator });
  sources = localSourceRepository({ home });
});

const folder = (path: string, workingTree = false): Source => ({ kind: 'folder', path, workingTree });

async function filesOf(source: Source): Promise<Record<string, string | undefined>> {
  const tree = await sources.open(await sources.resolve(source));
  const files = tree.entries.map(async ({ path }) => [path, await tree.read(path)] as const);
  return Object.fromEntries(await Promise.all(files));
}

describe('a folder in a repository', () => {
  test('is the last commit of the repository', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    expect(await sources.resolve(folder(repository.folder))).toMatchObject({
      commit: await repository.git('rev-parse', 'HEAD'),
      tree: await repository.git('rev-parse', 'HEAD^{tree}'),
      subject: 'Write the application',
      warnings: [],
    });
  });

  test('is only its own part of the repository', async () => {
    const repository = await gitRepository({ 'examples/shop/a.js': '1', 'other.js': '2' });
    const resolved = await sources.resolve(folder(join(repository.folder, 'examples/shop')));
    expect(resolved.commit).toBe(await repository.git('rev-parse', 'HEAD'));
    expect(resolved.tree).toBe(await repository.git('rev-parse', 'HEAD:examples/shop'));
    expect((await sources.open(resolved)).entries.map(({ path }) => path)).toEqual(['a.js']);
  });

  test('warns of uncommitted changes and leaves them out', async () => {
    const repository = await gitRepository({
      'a.js': '1',
      'b.js': '1',
      'c.js': '1',
      '.gitignore': 'ignored\n',
    });
    await repository.write({
      'a.js': '2',
      'b.js': null,
      'new/d.js': '1',
      ignored: '1',
      'node_modules/x/y.js': '1',
    });
    const { warnings } = await sources.resolve(folder(repository.folder));
    expect(warnings).toEqual([expect.stringMatching(/^3 files differ .*--working-tree/)]);
    expect(await filesOf(folder(repository.folder))).toMatchObject({ 'a.js': '1', 'b.js': '1' });
  });

  test('respects what the operator ignores everywhere', async () => {
    await writeFiles(operator, {
      '.gitconfig': '[core]\n\texcludesFile = ~/ignored\n',
      ignored: '.DS_Store\n',
    });
    const repository = await gitRepository({ 'a.js': '1' });
    await repository.write({ '.DS_Store': '1', 'notes.txt': '1', '.git/info/exclude': 'notes.txt\n' });
    expect((await sources.resolve(folder(repository.folder))).warnings).toEqual([]);
    expect(await filesOf(folder(repository.folder, true))).toEqual({ 'a.js': '1' });
  });

  test('does not warn of changes beside the folder', async () => {
    const repository = await gitRepository({ 'shop/a.js': '1', 'b.js': '1' });
    await repository.write({ 'b.js': '2' });
    expect((await sources.resolve(folder(join(repository.folder, 'shop')))).warnings).toEqual([]);
  });

  test('does not take touched files for changed ones', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    await repository.write({ 'a.js': '1' });
    expect((await sources.resolve(folder(repository.folder))).warnings).toEqual([]);
  });

  test('sees a change right after the commit', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    await writeFile(join(repository.folder, 'a.js'), '2');
    const second = Math.floor(Date.now() / 1000);
    await waitFor(() => Math.floor(Date.now() / 1000) > second);
    expect((await sources.resolve(folder(repository.folder))).warnings).toHaveLength(1);
    expect(await filesOf(folder(repository.folder, true))).toEqual({ 'a.js': '2' });
  });

  test('includes uncommitted changes on request', async () => {
    const repository = await gitRepository({
      'a.js': '1',
      'b.js': '1',
      'was-file': '1',
      'was-folder/x': '1',
      '.gitignore': 'ignored\n',
    });
    await repository.write({
      'a.js': '2',
      'b.js': null,
      'new/d.js': '3',
      ignored: '1',
      'was-file': null,
      'was-file/y': '4',
      'was-folder': '5',
    });
    await repository.git('add', 'new');
    const before = await readdir(join(repository.folder, '.git'), { recursive: true });
    expect(await filesOf(folder(repository.folder, true))).toEqual({
      '.gitignore': 'ignored\n',
      'a.js': '2',
      'new/d.js': '3',
      'was-file/y': '4',
      'was-folder': '5',
    });
    expect(await readdir(join(repository.folder, '.git'), { recursive: true })).toEqual(before);
  });

  test('includes uncommitted changes of a part only', async () => {
    const repository = await gitRepository({ 'shop/a.js': '1', 'b.js': '1' });
    await repository.write({ 'shop/a.js': '2', 'b.js': '2' });
    expect(await filesOf(folder(join(repository.folder, 'shop'), true))).toEqual({ 'a.js': '2' });
  });

  test('is the commit itself when nothing changed', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const committed = await sources.resolve(folder(repository.folder));
    expect(await sources.resolve(folder(repository.folder, true))).toEqual(committed);
  });

  test('gives equal working trees equal commits', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    await repository.write({ 'a.js': '2' });
    const first = await sources.resolve(folder(repository.folder, true));
    const again = await sources.resolve(folder(repository.folder, true));
    expect(again).toEqual(first);
    expect(first.commit).not.toBe(await repository.git('rev-parse', 'HEAD'));
    expect(first.warnings).toEqual([]);
  });

  test('takes the working tree before the first commit', async () => {
    const repository = await gitRepository();
    await repository.write({ 'a.js': '1' });
    expect(await filesOf(folder(repository.folder, true))).toEqual({ 'a.js': '1' });
    await expect(sources.resolve(folder(repository.folder))).rejects.toMatchObject({
      code: 'EmptyRepository',
      hint: expect.stringContaining('--working-tree'),
    });
  });

  test('can be a bare repository', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const bare = join(await temporaryFolder(), 'shop.git');
    await repository.git('clone', '--quiet', '--bare', '.', bare);
    expect(await filesOf(folder(bare))).toEqual({ 'a.js': '1' });
    expect(await filesOf(folder(bare, true))).toEqual({ 'a.js': '1' });
  });

  test('can be a linked working tree', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const linked = join(await temporaryFolder(), 'linked');
    await repository.git('worktree', 'add', '--quiet', '-b', 'feature', linked);
    await writeFile(join(linked, 'a.js'), '2');
    const resolved = await sources.resolve(folder(linked));
    expect(resolved.warnings).toEqual([expect.stringContaining('1 file differs')]);
    expect(await filesOf(folder(linked, true))).toEqual({ 'a.js': '2' });
  });

  test('can have SHA-256 object ids', async () => {
    const path = await temporaryFolder();
    await runGit(path, ['init', '--quiet', '--object-format=sha256']);
    await writeFiles(path, { 'a.js': '1' });
    await runGit(path, ['add', 'a.js']);
    await runGit(path, ['commit', '--quiet', '--message', 'one']);
    await writeFiles(path, { 'a.js': '2' });
    expect((await sources.resolve(folder(path))).commit).toHaveLength(64);
    expect(await filesOf(folder(path))).toEqual({ 'a.js': '1' });
    expect(await filesOf(folder(path, true))).toEqual({ 'a.js': '2' });
    await sources.forget(folder(path));
    await sources.forget(folder(path, true));
    expect(await readdir(home.folder('repositories'))).toEqual([]);
  });

  test('can have a split index and odd names', async () => {
    const repository = await gitRepository({ 'a b"\\:c.js': '1', 'ü.js': '1', ':(top)x': '1', 'b.js': '1' });
    await repository.git('update-index', '--split-index');
    await repository.write({ 'ü.js': '2' });
    expect((await sources.resolve(folder(repository.folder))).warnings).toHaveLength(1);
    expect(await filesOf(folder(repository.folder, true))).toEqual({
      'a b"\\:c.js': '1',
      'ü.js': '2',
      ':(top)x': '1',
      'b.js': '1',
    });
  });

  test('can lie below an odd path', async () => {
    const parent = join(await temporaryFolder(), 'a:b "c" ü');
    await mkdir(join(parent, '-x'), { recursive: true });
    await runGit(parent, ['init', '--quiet']);
    await writeFiles(parent, { '-x/a.js': '1' });
    await runGit(parent, ['add', '--all']);
    await runGit(parent, ['commit', '--quiet', '--message', 'one']);
    expect(await filesOf(folder(join(parent, '-x')))).toEqual({ 'a.js': '1' });
  });

  test('can be reached through a link', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const link = join(await temporaryFolder(), 'current');
    await symlink(repository.folder, link);
    const direct = await sources.resolve(folder(repository.folder));
    expect(await sources.resolve(folder(link))).toEqual(direct);
  });

  test('keeps working when the repository is gone', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const resolved = await sources.resolve(folder(repository.folder));
    await rm(repository.folder, { recursive: true });
    expect(await (await sources.open(resolved)).read('a.js')).toBe('1');
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('can belong to another user', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    for (const path of ['', '.git', '.git/config', '.git/HEAD'])
      await chown(join(repository.folder, path), 65534, 65534);
    expect(await filesOf(folder(repository.folder))).toEqual({ 'a.js': '1' });
  });
});

describe('a plain folder', () => {
  test('is a commit of its files', async () => {
    const path = await temporaryFolder();
    await writeFiles(path, {
      'a.js': '1',
      start: { executable: '#!/bin/sh\n' },
      'lib/b.js': '2',
      link: { link: '/etc/passwd' },
      '.gitignore': '*.log\n',
      'x.log': '1',
      'node_modules/y/index.js': '1',
      'lib/node_modules/z.js': '1',
    });
    await rm(join(path, 'link'));
    const resolved = await sources.resolve(folder(path));
    expect(resolved).toMatchObject({ subject: expect.stringContaining('files of'), warnings: [] });
    expect((await sources.open(resolved)).entries).toEqual([
      { path: '.gitignore', kind: 'file', bytes: 6 },
      { path: 'a.js', kind: 'file', bytes: 1 },
      { path: 'lib/b.js', kind: 'file', bytes: 1 },
      { path: 'start', kind: 'executable', bytes: 10 },
    ]);
  });

  test('gives the same commit until a file changes', async () => {
    const path = await temporaryFolder();
    await writeFiles(path, { 'a.js': '1' });
    const first = await sources.resolve(folder(path));
    await writeFiles(path, { 'a.js': '1' });
    expect(await sources.resolve(folder(path))).toEqual(first);
    await writeFiles(path, { 'a.js': '2' });
    const changed = await sources.resolve(folder(path));
    expect(changed.commit).not.toBe(first.commit);
    expect(changed.tree).not.toBe(first.tree);
    expect(await (await sources.open(first)).read('a.js')).toBe('1');
  });

  test('can be an ignored folder of a repository', async () => {
    const repository = await gitRepository({ '.gitignore': 'build\n' });
    await repository.write({ 'build/index.html': '<p>' });
    expect(await filesOf(folder(join(repository.folder, 'build')))).toEqual({ 'index.html': '<p>' });
  });

  test('leaves out repositories inside it, with a warning', async () => {
    const path = await temporaryFolder();
    await writeFiles(path, { 'a.js': '1', 'vendor/b.js': '1' });
    await runGit(join(path, 'vendor'), ['init', '--quiet']);
    const resolved = await sources.resolve(folder(path));
    expect(resolved.warnings).toEqual([expect.stringContaining('"vendor/"')]);
    expect((await sources.open(resolved)).entries.map((entry) => entry.path)).toEqual(['a.js']);
  });

  test('keeps links as links and never follows them', async () => {
    const outside = await temporaryFolder();
    await writeFiles(outside, { 'secret.txt': 's3cret' });
    const path = await temporaryFolder();
    await writeFiles(path, { 'a.js': '1', 'to-folder': { link: outside } });
    const resolved = await sources.resolve(folder(path));
    await expect(sources.open(resolved)).rejects.toMatchObject({ code: 'UnsafeRepository' });
    const objects = await readdir(home.folder('repositories', resolved.repository), { recursive: true });
    expect(objects.filter((name) => /objects\/..\//.test(name))).toHaveLength(4);
  });

  test('fails with EmptyRepository without files', async () => {
    const path = await temporaryFolder();
    await mkdir(join(path, 'node_modules'));
    await writeFile(join(path, 'node_modules', 'a.js'), '');
    await expect(sources.resolve(folder(path))).rejects.toMatchObject({ code: 'EmptyRepository' });
    expect(await readdir(home.folder('repositories'))).toEqual([]);
  });

  test('fails with RepositoryTooLarge before it stores anything', async () => {
    const path = await temporaryFolder();
    await writeFiles(path, { 'a.js': 'x'.repeat(2000), 'b.js': '1', 'c.js': '1' });
    for (const limits of [
      { bytes: 1000, files: 10 },
      { bytes: 10_000, files: 2 },
    ]) {
      const limited = localSourceRepository({ home, limits });
      await expect(limited.resolve(folder(path))).rejects.toMatchObject({ code: 'RepositoryTooLarge' });
    }
    expect(await readdir(home.folder('repositories'))).toEqual([]);
  });
});

describe('something else', () => {
  test('fails with SourceNotFound for a missing path', async () => {
    const path = join(await temporaryFolder(), 'nope');
    await expect(sources.resolve(folder(path))).rejects.toMatchObject({ code: 'SourceNotFound' });
    await expect(sources.resolve({ kind: 'git', url: `file://${path}` })).rejects.toMatchObject({
      code: 'SourceNotFound',
    });
  });

  test('fails with NotARepository for a file', async () => {
    const path = join(await temporaryFolder(), 'shop.tar');
    await writeFile(path, '');
    await expect(sources.resolve(folder(path))).rejects.toMatchObject({ code: 'NotARepository' });
  });

  test('fails with NotARepository for a broken repository', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    await repository.write({ '.git/config': '[core\n' });
    await expect(sources.resolve(folder(repository.folder))).rejects.toMatchObject({
      code: 'NotARepository',
      logTail: [expect.stringContaining('bad config')],
    });
  });

  test('fails with NotARepository for missing objects', async () => {
    const repository = await gitRepository({ 'a.js': '1', 'b.js': '2' });
    const blob = await repository.git('rev-parse', 'HEAD:a.js');
    await rm(join(repository.folder, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    await expect(sources.resolve(folder(repository.folder))).rejects.toMatchObject({
      code: 'NotARepository',
      hint: expect.stringContaining('partial clone'),
    });
    expect(await readdir(home.folder('repositories'))).toEqual([]);
  });

  test.each(['/etc', '/'])('fails with NotARepository for file://%s', async (path) => {
    await expect(sources.resolve({ kind: 'git', url: `file://${path}` })).rejects.toMatchObject({
      code: 'NotARepository',
    });
  });

  test('fails with NotARepository for a part by address', async () => {
    const repository = await gitRepository({ 'shop/a.js': '1' });
    await expect(sources.resolve({ kind: 'git', url: `${repository.url}/shop` })).rejects.toMatchObject({
      code: 'NotARepository',
    });
  });

  const notAsRoot = process.getuid?.() === 0 ? test.skip : test;
  notAsRoot('fails with SourceAccessDenied for what may not be read', async () => {
    const path = await temporaryFolder();
    await writeFiles(path, { 'a.js': '1' });
    await chmod(path, 0o000);
    await expect(sources.resolve(folder(path))).rejects.toMatchObject({ code: 'SourceAccessDenied' });
    await chmod(path, 0o700);
  });
});

describe('what a checkout does not bring', () => {
  test('warns of submodules, which become empty folders', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/lib`);
    await repository.git('commit', '--quiet', '--message', 'Add a submodule');
    const resolved = await sources.resolve({ kind: 'git', url: repository.url });
    expect(resolved.warnings).toEqual([expect.stringContaining('submodules are not fetched: 1')]);
    const directory = join(await temporaryFolder(), 'checkout');
    await sources.checkout(resolved, directory);
    expect(await readdir(join(directory, 'vendor/lib'))).toEqual([]);
  });

  test('warns of pointers to files in Git LFS', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
    const repository = await gitRepository({
      '.gitattributes': '*.bin filter=lfs diff=lfs -text\n',
      'a.bin': pointer,
    });
    const resolved = await sources.resolve(folder(repository.folder));
    expect(resolved.warnings).toEqual([expect.stringContaining('Git LFS are not fetched: 1')]);
    const directory = join(await temporaryFolder(), 'checkout');
    await sources.checkout(resolved, directory);
    expect(await readFile(join(directory, 'a.bin'), 'utf8')).toBe(pointer);
  });
});
