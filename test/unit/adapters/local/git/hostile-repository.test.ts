import { appendFile, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { pathExists } from '../../../../../src/adapters/anywhere/path-exists.ts';
import type { Home } from '../../../../../src/adapters/local/home.ts';
import { localSourceRepository } from '../../../../../src/adapters/local/source-repository.ts';
import type { Source } from '../../../../../src/domain/deployment.ts';
import type { SourceRepository } from '../../../../../src/ports/source-repository.ts';
import { gitHttpServer } from '../../../../fixtures/git-http-server.ts';
import {
  type GitRepository,
  gitRepository,
  runGit,
  writeFiles,
} from '../../../../fixtures/git-repository.ts';
import { temporaryFolder, temporaryHome } from '../../../../fixtures/temporary-home.ts';

let home: Home;
let sources: SourceRepository;
/** Created by a payload that runs. */
let marker: string;

beforeEach(async () => {
  home = await temporaryHome();
  sources = localSourceRepository({ home });
  marker = join(await temporaryFolder(), 'owned');
});

const ranPayload = (): Promise<boolean> => pathExists(marker);

describe('a hostile address', () => {
  const addresses = (): [string, Source][] => [
    ['an option', { kind: 'git', url: `--upload-pack=touch ${marker}` }],
    ['an option as a folder', { kind: 'folder', path: `--upload-pack=touch ${marker}`, workingTree: false }],
    ['a configuration option', { kind: 'git', url: `--config=core.sshCommand=touch ${marker}` }],
    ['a transport helper', { kind: 'git', url: `ext::touch ${marker}` }],
    ['a transport helper with a shell', { kind: 'git', url: `ext::sh -c touch% ${marker}` }],
    ['an ssh option as host', { kind: 'git', url: `ssh://-oProxyCommand=touch ${marker}/x` }],
    ['an ssh option as scp host', { kind: 'git', url: 'git@-oProxyCommand=id:x' }],
    ['a branch that is an option', { kind: 'git', url: 'https://localhost/x', ref: '-oProxyCommand=id' }],
    [
      'a branch with a line end',
      { kind: 'git', url: 'https://localhost/x', ref: `main\n--upload-pack=touch ${marker}` },
    ],
    ['a refspec as branch', { kind: 'git', url: 'https://localhost/x', ref: 'main:refs/heads/main' }],
    ['a credential', { kind: 'git', url: 'https://ada:s3cret@localhost/x' }],
  ];

  test.each(addresses().map(([what], index) => [what, index] as const))(
    'fails with UnsafeSource for %s',
    async (_, index) => {
      const source = addresses()[index]?.[1];
      if (source === undefined) throw new Error('no such address');
      await expect(sources.resolve(source)).rejects.toMatchObject({ code: 'UnsafeSource' });
      await expect(sources.forget(source)).rejects.toMatchObject({ code: 'UnsafeSource' });
      expect(await ranPayload()).toBe(false);
      expect(await readdir(home.folder('repositories'))).toEqual([]);
    },
  );

  test('fails with RefNotFound for a branch with shell characters', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    for (const url of [repository.url, await gitHttpServer(repository)]) {
      const source: Source = { kind: 'git', url, ref: `$(touch\${IFS}${marker})` };
      await expect(sources.resolve(source)).rejects.toMatchObject({ code: 'RefNotFound' });
    }
    expect(await ranPayload()).toBe(false);
  });

  test.each([
    { repository: '../../etc', tree: '1'.repeat(40) },
    { repository: '0'.repeat(64), tree: '--output=x' },
    { repository: '0'.repeat(64), tree: '1'.repeat(40) },
  ])('fails with SourceNotFound for the stored name %j', async (stored) => {
    const source = { commit: '1'.repeat(40), subject: '', warnings: [], ...stored };
    await expect(sources.open(source)).rejects.toMatchObject({ code: 'SourceNotFound' });
    const directory = join(await temporaryFolder(), 'checkout');
    await expect(sources.checkout(source, directory)).rejects.toMatchObject({ code: 'SourceNotFound' });
  });
});

describe('a folder whose repository runs programs', () => {
  /** Every setting and hook by which a repository can make git run something, each with the same payload. */
  async function armed(): Promise<GitRepository> {
    const repository = await gitRepository({
      'a.js': '1',
      'b.txt': '1',
      '.gitattributes': '* filter=evil diff=evil merge=evil\n*.txt working-tree-encoding=UTF-8\n',
      '.gitmodules': '[submodule "lib"]\n\tpath = lib\n\turl = ../lib.git\n',
    });
    const payload = await armedScript();
    await addArmedSubmodule(repository, payload);
    await repository.git('commit', '--quiet', '--message', 'Add a submodule');
    await appendFile(join(repository.folder, '.git', 'config'), hostileSettings(payload));
    await repository.write(
      Object.fromEntries(HOOKS.map((hook) => [`.git/hooks/${hook}`, { executable: SCRIPT() }])),
    );
    await repository.write({ 'a.js': '2', 'b.txt': '2', 'c.js': '3', 'lib/x.js': '2' });
    return repository;
  }

  const hostileSettings = (payload: string): string => `
    [core]
      fsmonitor = ${payload}
      sshCommand = ${payload}
      pager = ${payload}
      editor = ${payload}
      askPass = ${payload}
      gitProxy = ${payload}
      alternateRefsCommand = ${payload}
    [filter "evil"]
      clean = ${payload}
      smudge = ${payload}
      process = ${payload}
      required = true
    [diff]
      external = ${payload}
    [diff "evil"]
      command = ${payload}
      textconv = ${payload}
    [merge "evil"]
      driver = ${payload}
    [gpg]
      program = ${payload}
    [log]
      showSignature = true
    [credential]
      helper = ${payload}
    [uploadpack]
      packObjectsHook = ${payload}
    [submodule]
      recurse = true
    [submodule "lib"]
      update = !${payload}
`;
  const HOOKS = [
    ...[
      'post-checkout',
      'post-index-change',
      'reference-transaction',
      'pre-commit',
      'post-commit',
      'pre-auto-gc',
    ],
    ...['fsmonitor-watchman', 'post-merge', 'pre-receive', 'update', 'post-update', 'post-rewrite'],
  ];
  const SCRIPT = () => `#!/bin/sh\ntouch "${marker}"\n`;

  async function armedScript(): Promise<string> {
    const folder = await temporaryFolder();
    await writeFiles(folder, { payload: { executable: SCRIPT() } });
    return join(folder, 'payload');
  }

  async function addArmedSubmodule(repository: GitRepository, payload: string): Promise<void> {
    const lib = join(repository.folder, 'lib');
    await mkdir(lib);
    await runGit(lib, ['init', '--quiet']);
    await writeFiles(lib, { 'x.js': '1', '.gitattributes': '* filter=evil\n' });
    await runGit(lib, ['add', '--all']);
    await runGit(lib, ['commit', '--quiet', '--message', 'one']);
    await runGit(lib, ['config', 'filter.evil.clean', payload]);
    await runGit(lib, ['config', 'core.fsmonitor', payload]);
    const head = await runGit(lib, ['rev-parse', 'HEAD']);
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${head},lib`);
  }

  test('would own the machine by git status', async () => {
    const repository = await armed();
    await Promise.allSettled([repository.git('status')]);
    expect(await ranPayload()).toBe(true);
  });

  test.each([
    ['the last commit', (repository: GitRepository): Source => folderOf(repository, false)],
    ['the working tree', (repository: GitRepository): Source => folderOf(repository, true)],
    ['a branch by address', ({ url }: GitRepository): Source => ({ kind: 'git', url, ref: 'main' })],
    ['an unknown branch', ({ url }: GitRepository): Source => ({ kind: 'git', url, ref: 'nope' })],
  ])('runs nothing for %s', async (_, sourceOf) => {
    const repository = await armed();
    const source = sourceOf(repository);
    const before = await snapshotOf(join(repository.folder, '.git'));
    try {
      const resolved = await sources.resolve(source);
      await (await sources.open(resolved)).read('a.js');
      await sources.checkout(resolved, join(await temporaryFolder(), 'checkout'));
    } catch (error) {
      expect(error).toMatchObject({ code: 'RefNotFound' });
    }
    expect(await ranPayload()).toBe(false);
    expect(await snapshotOf(join(repository.folder, '.git'))).toEqual(before);
  });

  const folderOf = ({ folder }: GitRepository, workingTree: boolean): Source => ({
    kind: 'folder',
    path: folder,
    workingTree,
  });

  test('runs nothing to fetch what a partial clone lacks', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const blob = await repository.git('rev-parse', 'HEAD:a.js');
    const payload = await armedScript();
    await repository.git('config', 'core.repositoryFormatVersion', '1');
    await repository.git('config', 'extensions.partialClone', 'origin');
    await repository.git('config', 'remote.origin.url', `file://${await temporaryFolder()}`);
    await repository.git('config', 'remote.origin.promisor', 'true');
    await repository.git('config', 'remote.origin.uploadpack', payload);
    await rm(join(repository.folder, '.git/objects', blob.slice(0, 2)), { recursive: true });
    for (const source of [folderOf(repository, false), folderOf(repository, true)]) {
      await expect(sources.resolve(source)).rejects.toMatchObject({ code: 'NotARepository' });
    }
    expect(await ranPayload()).toBe(false);
  });

  test('takes no files from where its configuration points', async () => {
    const elsewhere = await temporaryFolder();
    await writeFiles(elsewhere, { id_ed25519: 's3cret' });
    const repository = await gitRepository({ 'a.js': '1' });
    await repository.git('config', 'core.worktree', elsewhere);
    const tree = await sources.open(await sources.resolve(folderOf(repository, true)));
    expect(tree.entries.map(({ path }) => path)).toEqual(['a.js']);
  });
});

async function snapshotOf(folder: string): Promise<Record<string, number>> {
  const names = await readdir(folder, { recursive: true });
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await lstat(join(folder, name))).mtimeMs])),
  );
}

describe('a hostile tree', () => {
  let repository: GitRepository;
  let blob: string;

  beforeEach(async () => {
    repository = await gitRepository({ 'a.js': '1' });
    blob = await repository.git('rev-parse', 'HEAD:a.js');
  });

  type Entry = readonly [mode: string, name: string, id: string];

  /** Trees as bytes, because git itself would not write them. */
  async function treeOf(entries: readonly Entry[]): Promise<string> {
    const bytes = entries.flatMap(([mode, name, id]) => [
      Buffer.from(`${mode} ${name}\0`),
      Buffer.from(id, 'hex'),
    ]);
    const file = join(repository.folder, '.git', 'tree');
    await writeFile(file, Buffer.concat(bytes));
    return repository.git('hash-object', '-t', 'tree', '--literally', '-w', file);
  }

  const urlOf = async ({ url }: GitRepository): Promise<string> => url;

  async function refusalOf(entries: readonly Entry[], address = urlOf): Promise<void> {
    const commit = await repository.git('commit-tree', await treeOf(entries), '-m', 'attack');
    await repository.git('update-ref', 'refs/heads/main', commit);
    const directory = join(await temporaryFolder(), 'deep', 'checkout');
    const resolved = await sources.resolve({ kind: 'git', url: await address(repository) });
    await expect(sources.open(resolved)).rejects.toMatchObject({ code: 'UnsafeRepository' });
    await expect(sources.checkout(resolved, directory)).rejects.toMatchObject({ code: 'UnsafeRepository' });
    await expect(lstat(directory)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await ranPayload()).toBe(false);
  }

  test.each(['..', '.git', 'git~1', '.g\u200cit', '../evil', '..\\..\\evil'])(
    'fails with UnsafeRepository for the name %j',
    async (name) => {
      await refusalOf([['100644', name, blob]]);
    },
  );

  test('fails with UnsafeRepository for what a server sends', async () => {
    await refusalOf([['120000', 'link', await hashed('/etc/passwd')]], gitHttpServer);
  });

  test.each(['..', '.git'])('fails with UnsafeRepository for the folder %j', async (name) => {
    const inner = await treeOf([['100755', 'post-checkout', blob]]);
    await refusalOf([['40000', name, inner]]);
  });

  test('fails with UnsafeRepository for writing through a link', async () => {
    const target = await hashed('/tmp');
    const inner = await treeOf([['100644', 'evil', blob]]);
    await refusalOf([
      ['120000', 'x', target],
      ['40000', 'x', inner],
    ]);
  });

  test('fails with UnsafeRepository for two files of one name', async () => {
    await refusalOf([
      ['100644', 'x', blob],
      ['120000', 'x', await hashed('a.js')],
    ]);
  });

  test.each(['/etc/passwd', 'folder/../../etc', '..\0'])(
    'fails with UnsafeRepository for a link to %j',
    async (target) => {
      await refusalOf([
        ['40000', 'folder', await treeOf([['100644', 'y', blob]])],
        ['120000', 'link', await hashed(target)],
      ]);
    },
  );

  test('fails with UnsafeRepository for links that leave together', async () => {
    const inner = await treeOf([['120000', 'up', await hashed('..')]]);
    await refusalOf([
      ['120000', 'escape', await hashed('folder/up/..')],
      ['40000', 'folder', inner],
    ]);
  });

  test('fails with UnsafeRepository for a submodule list that is a link', async () => {
    await refusalOf([['120000', '.gitmodules', await hashed('a.js')]]);
  });

  test.each([
    ['a command', 'update = !touch owned'],
    ['an option as address', 'url = -oProxyCommand=id'],
    ['an option as host', 'url = ssh://-oProxyCommand=id/x'],
    ['a transport helper', 'url = ext::sh -c id'],
    ['a line end in its address', 'url = "https://example.com/x\\n-y"'],
    ['an option as path', 'path = --template=x'],
    ['a path outside', 'path = ../../evil'],
  ])('fails with UnsafeRepository for a submodule with %s', async (_, setting) => {
    await refusalOf([
      [
        '100644',
        '.gitmodules',
        await hashed(`[submodule "lib"]\n\tpath = lib\n\turl = ../x.git\n\t${setting}\n`),
      ],
    ]);
  });

  test.each(['../../hooks', 'a/../../hooks'])(
    'fails with UnsafeRepository for a submodule named %s',
    async (name) => {
      await refusalOf([
        ['100644', '.gitmodules', await hashed(`[submodule "${name}"]\n\tpath = lib\n\turl = ../x.git\n`)],
      ]);
    },
  );

  test('fails with UnsafeRepository for an unreadable submodule list', async () => {
    await refusalOf([['100644', '.gitmodules', await hashed('[submodule "lib\n')]]);
  });

  test('fails with RepositoryTooLarge for a bomb of trees', async () => {
    let tree = await treeOf(Array.from({ length: 10 }, (_, index): Entry => ['100644', `f${index}`, blob]));
    for (let depth = 0; depth < 9; depth += 1) {
      const inner = tree;
      tree = await treeOf(Array.from({ length: 10 }, (_, index): Entry => ['40000', `d${index}`, inner]));
    }
    const commit = await repository.git('commit-tree', tree, '-m', 'bomb');
    await repository.git('update-ref', 'refs/heads/main', commit);
    const limited = localSourceRepository({ home, limits: { bytes: 1_000_000, files: 5000 } });
    for (const url of [repository.url, await gitHttpServer(repository)]) {
      await expect(limited.resolve({ kind: 'git', url })).rejects.toMatchObject({
        code: 'RepositoryTooLarge',
      });
    }
    expect(await readdir(home.folder('repositories'))).toEqual([]);
  });

  test('fails with RepositoryTooLarge for a file that compresses well', async () => {
    await repository.commit({ zeros: Buffer.alloc(3_000_000) });
    const limited = localSourceRepository({ home, limits: { bytes: 1_000_000, files: 5000 } });
    await expect(limited.resolve({ kind: 'git', url: repository.url })).rejects.toMatchObject({
      code: 'RepositoryTooLarge',
      message: expect.stringContaining('1 MiB'),
    });
  });

  test('writes links that stay inside, and odd names, as they are', async () => {
    await repository.commit({
      'folder/inner': { link: '../a.js' },
      'to-folder': { link: 'folder' },
      dangling: { link: 'nowhere/../folder' },
      '...': '1',
      '.gitignore': '',
      'git~2': '1',
      'unit-dev\\x2ddisk': '1',
      '-rf': '1',
      '$(id)': '1',
    });
    const resolved = await sources.resolve({ kind: 'git', url: repository.url });
    const directory = join(await temporaryFolder(), 'checkout');
    await sources.checkout(resolved, directory);
    expect(await readFile(join(directory, 'to-folder/inner'), 'utf8')).toBe('1');
    expect((await readdir(directory)).sort()).toEqual(
      [
        '$(id)',
        '-rf',
        '...',
        '.gitignore',
        'a.js',
        'dangling',
        'folder',
        'git~2',
        'to-folder',
        'unit-dev\\x2ddisk',
      ].sort(),
    );
  });

  async function hashed(content: string): Promise<string> {
    const file = join(repository.folder, '.git', 'blob');
    await writeFile(file, content);
    return repository.git('hash-object', '-w', '--no-filters', file);
  }
});
