import { readdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { publishSource } from '../../src/adapters/aws/source-repository/publish.ts';
import { storedCredentials } from '../../src/adapters/aws/source-repository/stored-credentials.ts';
import {
  type AwsSourceRepositoryOptions,
  awsSourceRepository,
} from '../../src/adapters/aws/source-repository.ts';
import { localSourceRepository } from '../../src/adapters/local/source-repository.ts';
import type { Source } from '../../src/domain/deployment.ts';
import { gitHttpServer, httpServer } from '../fixtures/git-http-server.ts';
import { type GitRepository, gitRepository } from '../fixtures/git-repository.ts';
import { temporaryFolder, temporaryHome } from '../fixtures/temporary-home.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { openAccount } from './account.ts';

const temporary = process.env['TMPDIR'];
let room: string;
let store: Pick<AwsSourceRepositoryOptions, 's3' | 'bucket'>;

beforeEach(async () => {
  room = await temporaryFolder();
  process.env['TMPDIR'] = room;
  const account = await openAccount('us-east-1');
  store = { s3: new S3Client(account.settings), bucket: `artifacts-${account.accountId}` };
  await store.s3.send(new CreateBucketCommand({ Bucket: store.bucket }));
});

afterEach(async () => {
  if (temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporary;
});

const sourcesWith = (options: Partial<AwsSourceRepositoryOptions> = {}) =>
  awsSourceRepository({ ...store, credentialsFor: async () => undefined, allowLoopback: true, ...options });

const git = (url: string, ref?: string): Source => ({ kind: 'git', url, ref });

const storedKeys = async (): Promise<string[]> => {
  const { Contents = [] } = await store.s3.send(new ListObjectsV2Command({ Bucket: store.bucket }));
  return Contents.flatMap(({ Key }) => Key ?? []);
};

/** Nothing is left of the fetch, wherever it failed. */
const leftInTemporaryFolder = async (): Promise<string[]> =>
  (await readdir(room)).filter((name) => name.startsWith('hivemind-source-'));

describe('where a fetch may go', () => {
  test.each<[string, string, string]>([
    ['UnsupportedSource', 'ssh', 'ssh://git@github.com/owner/repository'],
    ['UnsupportedSource', 'a file', 'file:///etc'],
    ['UnsafeSource', 'http', 'http://github.com/owner/repository'],
    ['UnsafeSource', 'loopback', 'https://127.0.0.1/owner/repository'],
    ['UnsafeSource', 'loopback by name', 'https://localhost/owner/repository'],
    ['UnsafeSource', 'loopback in IPv6', 'https://[::1]/owner/repository'],
    ['UnsafeSource', 'a mapped address', 'https://[::ffff:169.254.169.254]/latest/meta-data'],
    ['UnsafeSource', 'a decimal address', 'https://2852039166/latest/meta-data'],
    ['UnsafeSource', 'the credentials of a container', 'https://169.254.170.2/v2/credentials'],
    ['UnsafeSource', 'a private network', 'https://10.0.0.5/owner/repository'],
    ['UnsafeSource', 'metadata in IPv6', 'https://[fd00:ec2::254]/latest/meta-data'],
  ])('fails with %s for %s', async (code, _, url) => {
    const sources = sourcesWith({ allowLoopback: false });
    await expect(sources.resolve(git(url))).rejects.toMatchObject({ code });
    expect(await storedKeys()).toEqual([]);
  });

  test('fails with UnsupportedSource for a folder of the operator', async () => {
    const folder: Source = { kind: 'folder', path: '/srv/shop', workingTree: false };
    await expect(sourcesWith().resolve(folder)).rejects.toMatchObject({
      code: 'UnsupportedSource',
      hint: expect.stringContaining('local clone'),
    });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/shop.git/info/refs?service=git-upload-pack',
    'http://[::ffff:10.0.0.1]/shop.git/info/refs?service=git-upload-pack',
    'file:///etc/passwd',
    'https://ada:secret@github.com/o/r/info/refs?service=git-upload-pack',
    '/shop.git/something-else',
  ])('fails with UnsafeSource for a redirect to %s', async (location) => {
    const url = await httpServer((_, response) => void response.writeHead(302, { location }).end());
    await expect(sourcesWith().resolve(git(`${url}/shop.git`))).rejects.toMatchObject({
      code: 'UnsafeSource',
    });
  });

  test('follows a repository that has moved, and tells its new host no password', async () => {
    const seen: (string | undefined)[] = [];
    const repository = await gitRepository({ 'a.js': '1' });
    const there = await gitHttpServer(repository, {
      onRequest: ({ headers }) => seen.push(headers.authorization),
    });
    const here = await httpServer(({ headers }, response) => {
      if (!headers.authorization) return void response.writeHead(401).end();
      response.writeHead(301, { location: `${there}/info/refs?service=git-upload-pack` }).end();
    });
    const sources = sourcesWith({ credentialsFor: async () => ({ username: 'ada', password: 'secret' }) });
    const resolved = await sources.resolve(git(`${here}/old.git`));
    expect(resolved.commit).toBe(await repository.git('rev-parse', 'HEAD'));
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});

describe('a private repository', () => {
  const closed = async (repository: GitRepository) => {
    const open = new URL(await gitHttpServer(repository));
    const expected = `Basic ${Buffer.from('ada:token').toString('base64')}`;
    const url = await httpServer((request, response) => {
      if (request.headers.authorization !== expected) return void response.writeHead(401).end();
      void forwarded(request, new URL(request.url ?? '/', open)).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
    });
    return `${url}${open.pathname}`;
  };

  test('is fetched with the credentials of its host', async () => {
    const repository = await gitRepository({ 'a.js': '1' });
    const hosts: string[] = [];
    const sources = sourcesWith({
      credentialsFor: async (host) => {
        hosts.push(host);
        return { username: 'ada', password: 'token' };
      },
    });
    const resolved = await sources.resolve(git(await closed(repository)));
    expect(resolved.commit).toBe(await repository.git('rev-parse', 'HEAD'));
    expect(hosts).toEqual(['127.0.0.1']);
  });

  test.each([undefined, { username: 'ada', password: 'wrong' }])(
    'fails with SourceAccessDenied without them (%p)',
    async (credentials) => {
      const sources = sourcesWith({ credentialsFor: async () => credentials });
      const failure = sources.resolve(git(await closed(await gitRepository({ 'a.js': '1' }))));
      await expect(failure).rejects.toMatchObject({
        code: 'SourceAccessDenied',
        hint: expect.stringContaining('hivemind/git/'),
      });
    },
  );
});

describe('the credentials of a host', () => {
  test('are what the operator has stored for it', async () => {
    const secrets = new SecretsManagerClient((await openAccount('us-east-1')).settings);
    const credentialsFor = storedCredentials(secrets);
    const store = (Name: string, SecretString: string) =>
      secrets.send(new CreateSecretCommand({ Name, SecretString }));
    await store('hivemind/git/github.com', '{"username": "ada", "password": "token"}');
    await store('hivemind/git/gitlab.com', 'token');
    const codeCommit = 'git-codecommit.eu-west-1.amazonaws.com';
    await store(`hivemind/git/${codeCommit}`, '{"username": "ada-at-123456789012", "password": "a/b+c="}');
    expect(await credentialsFor('github.com')).toEqual({ username: 'ada', password: 'token' });
    expect(await credentialsFor(codeCommit)).toEqual({ username: 'ada-at-123456789012', password: 'a/b+c=' });
    expect(await credentialsFor('example.com')).toBeUndefined();
    await expect(credentialsFor('gitlab.com')).rejects.toMatchObject({
      code: 'SourceAccessDenied',
      message: expect.not.stringContaining('token'),
    });
  });
});

async function forwarded(request: IncomingMessage, url: URL): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { 'content-type': type = '', 'git-protocol': protocol = '' } = request.headers;
  return fetch(url, {
    method: request.method ?? 'GET',
    headers: { 'content-type': type, 'git-protocol': String(protocol) },
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
}

describe('a server that answers otherwise', () => {
  const answers =
    (status: number, body = '', headers = {}): RequestListener =>
    (_, response) =>
      void response.writeHead(status, headers).end(body);

  test.each<[string, string, RequestListener]>([
    ['SourceAccessDenied', 'it forbids', answers(403)],
    ['SourceNotFound', 'there is nothing', answers(404)],
    ['NotARepository', 'it is a web page', answers(200, '<!doctype html>', { 'content-type': 'text/html' })],
    ['SourceUnreachable', 'it is broken', answers(500)],
    ['SourceUnreachable', 'it hangs up', (request) => void request.socket.destroy()],
  ])('fails with %s when %s', async (code, _, listener) => {
    const url = `${await httpServer(listener)}/shop.git`;
    await expect(sourcesWith().resolve(git(url))).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/./),
    });
    expect(await storedKeys()).toEqual([]);
  });

  test('fails with SourceUnreachable when nobody listens', async () => {
    const failure = sourcesWith().resolve(git('http://127.0.0.1:1/shop.git'));
    await expect(failure).rejects.toMatchObject({ code: 'SourceUnreachable' });
  });

  test('fails with NotARepository for SHA-256 object ids', async () => {
    const folder = await gitRepository();
    await folder.git(
      'init',
      '--quiet',
      '--object-format=sha256',
      '--initial-branch=main',
      `${folder.folder}/new`,
    );
    const repository = { ...folder, folder: `${folder.folder}/new` };
    await folder.git('-C', repository.folder, 'commit', '--quiet', '--allow-empty', '--message', 'x');
    await expect(sourcesWith().resolve(git(await gitHttpServer(repository)))).rejects.toMatchObject({
      code: 'NotARepository',
      message: expect.stringContaining('SHA-256'),
    });
  });
});

describe('a fetch', () => {
  /** Bytes that do not compress. */
  const noise = (length: number): Buffer => {
    let state = 1;
    return Buffer.from(
      Uint8Array.from({ length }, () => {
        state = (state * 48271) % 2147483647;
        return state & 255;
      }),
    );
  };

  test('ends when it is aborted, and leaves nothing behind', async () => {
    let asked = false;
    const repository = await gitRepository({ 'a.bin': noise(400_000) });
    const url = await gitHttpServer(repository, {
      stallAfterBytes: 100_000,
      onRequest: ({ method }) => (asked ||= method === 'POST'),
    });
    const controller = new AbortController();
    const resolved = sourcesWith().resolve(git(url), controller.signal);
    await waitFor(() => asked);
    controller.abort();
    await expect(resolved).rejects.toMatchObject({ code: 'Cancelled' });
    expect(await leftInTemporaryFolder()).toEqual([]);
  });

  test('fails with SourceUnreachable at its deadline', async () => {
    const repository = await gitRepository({ 'a.bin': noise(400_000) });
    const url = await gitHttpServer(repository, { stallAfterBytes: 100_000 });
    await expect(sourcesWith({ deadlineSeconds: 1 }).resolve(git(url))).rejects.toMatchObject({
      code: 'SourceUnreachable',
    });
    expect(await leftInTemporaryFolder()).toEqual([]);
  });

  test.each([
    ['it arrives', { 'a.bin': noise(1_500_000) }, { bytes: 600_000, files: 10 }],
    ['it is unpacked', { 'a.txt': 'a'.repeat(3_000_000) }, { bytes: 1_000_000, files: 10 }],
    ['its files are counted', { a: '1', b: '2', c: '3' }, { bytes: 1_000_000, files: 2 }],
  ])('fails with RepositoryTooLarge as soon as %s', async (_, files, limits) => {
    const url = await gitHttpServer(await gitRepository(files));
    await expect(sourcesWith({ limits }).resolve(git(url))).rejects.toMatchObject({
      code: 'RepositoryTooLarge',
    });
    expect(await leftInTemporaryFolder()).toEqual([]);
    expect(await storedKeys()).toEqual([]);
  });

  test('is made once for a commit', async () => {
    const methods: (string | undefined)[] = [];
    const repository = await gitRepository({ 'a.js': '1' });
    const url = await gitHttpServer(repository, {
      onRequest: ({ url: path }) => methods.push(path?.split('/').at(-1)),
    });
    const sources = sourcesWith();
    const first = await sources.resolve(git(url, 'main'));
    const packs = methods.length;
    expect(await sources.resolve(git(url))).toEqual(first);
    expect(methods.length - packs).toBeLessThan(packs);
    expect(await leftInTemporaryFolder()).toEqual([]);
  });
});

describe('a hostile repository', () => {
  test.each<[string, Parameters<typeof gitRepository>[0], RegExp]>([
    ['a link out of it', { 'a.js': '1', out: { link: '../../etc' } }, /leaves the folder/],
    ['an absolute link', { 'a.js': '1', out: { link: '/etc/passwd' } }, /absolute/],
    [
      'a submodule that runs a command',
      {
        '.gitmodules':
          '[submodule "a"]\n\tpath = a\n\turl = https://x/y\n\tupdate = "!touch /tmp/x" ; fine\n',
      },
      /runs a command/,
    ],
    [
      'a submodule with an option for a name',
      { '.gitmodules': '[submodule "a"]\n\turl = --upload-pack=x\n' },
      /unsafe/,
    ],
    ['settings that nobody can read', { '.gitmodules': '[submodule "a"\nurl = x\n' }, /cannot|can read/],
  ])('is refused for %s', async (_, files, message) => {
    const url = await gitHttpServer(await gitRepository(files));
    await expect(sourcesWith().resolve(git(url))).rejects.toMatchObject({
      code: 'UnsafeRepository',
      message: expect.stringMatching(message),
    });
    expect(await storedKeys()).toEqual([]);
    expect(await leftInTemporaryFolder()).toEqual([]);
  });
});

describe('what the command line uploads', () => {
  test('is what a fetch would have stored', async () => {
    const repository = await gitRepository({
      'package.json': '{}\n',
      'bin/start': { executable: '#!/bin/sh\n' },
      'docs/readme': { link: '../package.json' },
    });
    const local = localSourceRepository({ home: await temporaryHome() });
    const folder: Source = { kind: 'folder', path: repository.folder, workingTree: false };
    const resolved = await local.resolve(folder);
    const directory = join(await temporaryFolder(), 'checkout');
    await local.checkout(resolved, directory);
    const published = await publishSource(store, { source: folder, resolved, directory });
    const sources = sourcesWith();
    const fetched = await sources.resolve(git(await gitHttpServer(repository)));
    expect({ ...published, repository: '' }).toEqual({ ...fetched, repository: '' });
    expect((await sources.open(published)).entries).toEqual((await sources.open(fetched)).entries);
    await sources.forget(folder);
    await expect(sources.open(published)).rejects.toMatchObject({ code: 'SourceNotFound' });
    expect((await sources.open(fetched)).entries).toHaveLength(3);
  });

  test('says what it leaves out', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
    const repository = await gitRepository({ '.gitattributes': '*.bin filter=lfs\n', 'a.bin': pointer });
    const { warnings } = await sourcesWith().resolve(git(await gitHttpServer(repository)));
    expect(warnings).toEqual(['files in Git LFS are not fetched: 1 of them will be pointers']);
  });
});
