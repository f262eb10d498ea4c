import { existsSync } from 'node:fs';
import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureMirror, isKept, keep, mirrorOf, prune } from '../../../../../src/adapters/local/git/mirror.ts';
import type { Home } from '../../../../../src/adapters/local/home.ts';
import { OWNER_VARIABLE } from '../../../../../src/adapters/local/process-group.ts';
import { readEnvironment, readProcessTable } from '../../../../../src/adapters/local/process-inspection.ts';
import { localSourceRepository } from '../../../../../src/adapters/local/source-repository.ts';
import type { Source } from '../../../../../src/domain/deployment.ts';
import type { SourceRepository } from '../../../../../src/ports/source-repository.ts';
import { gitHttpServer, httpServer } from '../../../../fixtures/git-http-server.ts';
import { gitRepository, runGit, writeFiles } from '../../../../fixtures/git-repository.ts';
import { temporaryFolder, temporaryHome } from '../../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

let home: Home;
let sources: SourceRepository;
/** Home folder of the operator, with their git configuration. */
let operator: string;
const environment = { ...process.env };

beforeEach(async () => {
  home = await temporaryHome();
  sources = localSourceRepository({ home });
  operator = await temporaryFolder();
  Object.assign(process.env, { HOME: operator, XDG_CONFIG_HOME: operator, no_proxy: '127.0.0.1' });
  delete process.env['GIT_SSH_COMMAND'];
});

afterEach(() => {
  process.env = { ...environment };
});

const git = (url: string, ref?: string): Source => ({ kind: 'git', url, ref });

/** git processes that belong to this home. */
async function running(): Promise<number> {
  const table = await readProcessTable();
  const owners = await Promise.all(
    table.map(async ({ pid }) => (await readEnvironment(pid)).get(OWNER_VARIABLE)),
  );
  return owners.filter((owner) => owner === home.owner).length;
}

describe('a server that answers otherwise', () => {
  const answers =
    (status: number, body = '', headers = {}): RequestListener =>
    (_, response) =>
      void response.writeHead(status, headers).end(body);

  test.each<[string, RequestListener, string]>([
    [
      'SourceAccessDenied when it asks who we are',
      answers(401, '', { 'www-authenticate': 'Basic realm="x"' }),
      'SourceAccessDenied',
    ],
    ['SourceAccessDenied when it forbids', answers(403), 'SourceAccessDenied'],
    ['NotARepository when there is nothing', answers(404), 'NotARepository'],
    [
      'NotARepository for a web page',
      answers(200, '<!doctype html>\n<title>Shop</title>\n', { 'content-type': 'text/html' }),
      'NotARepository',
    ],
    ['SourceUnreachable when it is broken', answers(500), 'SourceUnreachable'],
    ['SourceUnreachable when it hangs up', (request) => void request.socket.destroy(), 'SourceUnreachable'],
  ])('fails with %s', async (_, listener, code) => {
    const url = `${await httpServer(listener)}/shop.git`;
    await expect(sources.resolve(git(url))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(url),
      hint: expect.stringMatching(/./),
    });
    expect(await readdir(home.folder('repositories'))).toEqual([]);
  });

  test('fails with SourceUnreachable when nobody listens', async () => {
    await expect(sources.resolve(git('http://127.0.0.1:1/shop.git'))).rejects.toMatchObject({
      code: 'SourceUnreachable',
    });
  });

  test.each(['file:///etc/passwd', 'https://127.0.0.1:1/x', 'gopher://127.0.0.1:1/x'])(
    'fails with UnsafeSource for a redirect to %s',
    async (location) => {
      const url = await httpServer((_, response) => void response.writeHead(302, { location }).end());
      await expect(sources.resolve(git(`${url}/shop.git`))).rejects.toMatchObject({ code: 'UnsafeSource' });
    },
  );
});

describe('a fetch', () => {
  test('ends with all its processes when aborted', async () => {
    const repository = await gitRepository({ 'a.bin': Buffer.from(randomBytes(400_000)) });
    const url = await gitHttpServer(repository, { stallAfterBytes: 100_000 });
    const controller = new AbortController();
    const resolved = sources.resolve(git(url), controller.signal);
    await waitFor(async () => (await arrived()).length > 0);
    controller.abort();
    await expect(resolved).rejects.toMatchObject({ code: 'Cancelled' });
    expect(await waitFor(async () => (await running()) === 0)).toBe(true);
    expect(await readdir(home.folder('repositories'))).toEqual([]);
  });

  test('fails with RepositoryTooLarge while it still arrives', async () => {
    const repository = await gitRepository({ 'a.bin': Buffer.from(randomBytes(1_500_000)) });
    const url = await gitHttpServer(repository, { stallAfterBytes: 1_200_000 });
    const limited = localSourceRepository({ home, limits: { bytes: 500_000, files: 10 } });
    await expect(limited.resolve(git(url))).rejects.toMatchObject({ code: 'RepositoryTooLarge' });
    expect(await readdir(home.folder('repositories'))).toEqual([]);
  });

  test('needs no server for a commit that is here', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const url = await gitHttpServer(repository);
    const commit = await repository.git('rev-parse', 'HEAD');
    const first = await sources.resolve(git(url, commit));
    await rm(repository.folder, { recursive: true });
    expect(await sources.resolve(git(url, commit))).toEqual(first);
    await expect(sources.resolve(git(url, 'main'))).rejects.toMatchObject({
      name: expect.stringMatching(/./),
    });
    expect(await (await sources.open(first)).read('a.js')).toBe('1');
  });

  test('brings one commit and no history', async () => {
    const repository = await gitRepository({ 'a.js': '1' }, { commits: [{ 'a.js': '2' }, { 'a.js': '3' }] });
    const resolved = await sources.resolve(git(await gitHttpServer(repository)));
    expect(resolved.warnings).toEqual([]);
    const tree = await sources.open(resolved);
    expect(await tree.read('a.js')).toBe('3');
    expect(await waitFor(async () => (await running()) === 0)).toBe(true);
  });

  test('fails with NotARepository for SHA-256 object ids', async () => {
    const repository = await gitRepository();
    await rm(join(repository.folder, '.git'), { recursive: true });
    await repository.git('init', '--quiet', '--object-format=sha256', '--initial-branch=main');
    await repository.commit({ 'a.js': '1' });
    const url = await gitHttpServer(repository);
    await expect(sources.resolve(git(url))).rejects.toMatchObject({
      code: 'NotARepository',
      message: expect.stringContaining('SHA-256'),
    });
  });

  test('shows no credential that a setting of git adds', async () => {
    const url = `${await httpServer((_, response) => void response.writeHead(403).end())}/shop.git`;
    const secret = url.replace('http://', 'http://ada:s3cret@');
    await writeFile(join(operator, '.gitconfig'), `[url "${secret}"]\n\tinsteadOf = ${url}\n`);
    const failure = await sources.resolve(git(url)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SourceAccessDenied' });
    expect(JSON.stringify([failure, String(failure), String(Object(failure).cause)])).not.toContain('s3cret');
  });

  const randomBytes = (length: number): Uint8Array => {
    let state = 1;
    return Uint8Array.from({ length }, () => {
      state = (state * 48271) % 2147483647;
      return state & 255;
    });
  };

  async function arrived(): Promise<string[]> {
    const names = await readdir(home.folder('repositories'), { recursive: true });
    return names.filter((name) => name.includes('tmp_pack'));
  }
});

describe('a repository behind ssh', () => {
  /** Stands in for ssh: runs the command here, and writes down what it was asked. */
  async function ssh(
    script = 'shift $(($# - 1)); exec sh -c "$1"',
  ): Promise<{ command: string; log: string }> {
    const folder = await temporaryFolder();
    const log = join(folder, 'log');
    await writeFiles(folder, {
      ssh: { executable: `#!/bin/sh\n[ "$1" = -G ] && exit 0\necho "$@" >> ${log}\n${script}\n` },
    });
    return { command: join(folder, 'ssh'), log };
  }

  test('is fetched with the ssh command of the operator', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const { command, log } = await ssh();
    await writeFile(join(operator, '.gitconfig'), `[core]\n\tsshCommand = ${command}\n`);
    const bySetting = await sources.resolve(git(`ssh://git@example.com:2222${repository.folder}`, 'main'));
    expect(existsSync(log)).toBe(true);
    await rm(join(operator, '.gitconfig'));
    process.env['GIT_SSH_COMMAND'] = command;
    const byVariable = await sources.resolve(git(`git@example.com:${repository.folder}`));
    expect(bySetting.commit).toBe(await repository.git('rev-parse', 'HEAD'));
    expect(byVariable.tree).toBe(bySetting.tree);
  });

  test.each([
    ['Permission denied (publickey).', 'SourceAccessDenied'],
    ['ERROR: Repository not found.', 'SourceAccessDenied'],
    ['Host key verification failed.', 'SourceAccessDenied'],
    ['ssh: Could not resolve hostname example.invalid: Name or service not known', 'SourceUnreachable'],
    ['ssh: connect to host example.com port 22: Connection timed out', 'SourceUnreachable'],
    ["fatal: '/x' does not appear to be a git repository", 'NotARepository'],
  ])('explains "%s"', async (message, code) => {
    process.env['GIT_SSH_COMMAND'] = (await ssh(`echo "${message}" >&2; exit 255`)).command;
    await expect(sources.resolve(git('git@example.com:shop.git'))).rejects.toMatchObject({ code });
  });
});

describe('a machine without git', () => {
  test('fails with ToolMissing', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const resolved = await sources.resolve(git(repository.url));
    const tree = await sources.open(resolved);
    process.env['PATH'] = await temporaryFolder();
    for (const work of [
      sources.resolve(git(repository.url)),
      sources.checkout(resolved, join(operator, 'x')),
    ]) {
      await expect(work).rejects.toMatchObject({ code: 'ToolMissing', hint: expect.stringContaining('git') });
    }
    expect(await tree.read('a.js')).toBe('1');
    const elsewhere = await localSourceRepository({ home })
      .open(resolved)
      .catch((error: unknown) => error);
    expect(elsewhere).toMatchObject({ code: 'ToolMissing' });
  });
});

describe('a mirror', () => {
  test('recovers from what a killed git left', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const url = await gitHttpServer(repository);
    const { repository: key } = await sources.resolve(git(url));
    const folder = home.folder('repositories', key);
    const leftovers = ['shallow.lock', 'refs/hivemind/tip.lock', 'objects/pack/tmp_pack_x', 'temporary-x'];
    for (const name of leftovers) await writeFile(join(folder, name), '');
    await repository.commit({ 'a.js': '2' });
    expect(await (await sources.open(await sources.resolve(git(url)))).read('a.js')).toBe('2');
    for (const name of leftovers) expect(existsSync(join(folder, name))).toBe(false);
  });

  test('is made anew when it is damaged', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    for (const url of [await gitHttpServer(repository), repository.url]) {
      const { repository: key } = await sources.resolve(git(url));
      const packs = home.folder('repositories', key, 'objects', 'pack');
      for (const name of await readdir(packs)) await truncate(join(packs, name), 40);
      await repository.commit({ 'b.js': '2' });
      const fresh = localSourceRepository({ home });
      const resolved = await fresh.resolve(git(url));
      expect(await (await fresh.open(resolved)).read('b.js')).toBe('2');
    }
  });

  test('keeps the newest trees only', async () => {
    const names = Array.from({ length: 65 }, (_, index) => `part-${index}`);
    const repository = await gitRepository(
      Object.fromEntries(names.map((name) => [`${name}/${name}.js`, name])),
    );
    const trees = (await repository.git('ls-tree', '--object-only', 'HEAD')).split('\n');
    const mirror = mirrorOf(home, repository.folder);
    await ensureMirror(mirror);
    const objects = join(repository.folder, '.git', 'objects');
    const environment = { ...mirror.environment, GIT_ALTERNATE_OBJECT_DIRECTORIES: objects };
    for (const tree of trees) await keep(mirror, tree, environment, undefined);
    await prune(mirror, undefined);
    const left = await Promise.all(trees.map((tree) => isKept(mirror, tree)));
    expect(left.lastIndexOf(false)).toBe(32);
    expect(left.indexOf(true)).toBe(33);
    const contents = (tree = '') => runGit(mirror.folder, ['ls-tree', '-l', tree]);
    await expect(contents(trees[0])).rejects.toThrow('not a tree object');
    for (const tree of trees.slice(33)) expect(await contents(tree)).toContain('part-');
  });
});

describe('a checkout', () => {
  test('leaves nothing behind when aborted', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`f/${index}.js`, String(index)]),
    );
    const repository = await gitRepository(files);
    const resolved = await sources.resolve(git(repository.url));
    const parent = await temporaryFolder();
    const directory = join(parent, 'checkout');
    const controller = new AbortController();
    const abortWhenBegun = (): void => {
      if (existsSync(directory)) controller.abort();
      else setImmediate(abortWhenBegun);
    };
    const checkout = sources.checkout(resolved, directory, controller.signal);
    abortWhenBegun();
    await expect(checkout).rejects.toMatchObject({ code: 'Cancelled' });
    expect(await readdir(parent)).toEqual([]);
    expect(await waitFor(async () => (await running()) === 0)).toBe(true);
  });

  test('does not touch a folder that is there', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const resolved = await sources.resolve(git(repository.url));
    const directory = await temporaryFolder();
    await writeFile(join(directory, 'mine'), '');
    await expect(sources.checkout(resolved, directory)).rejects.toMatchObject({ code: 'InternalError' });
    expect(await readdir(directory)).toEqual(['mine']);
  });
});
