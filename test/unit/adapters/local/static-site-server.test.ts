import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const PROGRAM = join(import.meta.dirname, '../../../../src/adapters/local/static-site-server.ts');
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends the path exactly as it is. */
function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function serve(
  directory: string,
  args: readonly string[],
): Promise<{ port: number; child: ChildProcess }> {
  const port = await freePort();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: directory,
    env: { PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { port, child };
}

const FILES: Readonly<Record<string, string | Buffer>> = {
  'secret.txt': 'outside of the site',
  'site/index.html': '<h1>home</h1>',
  'site/404.html': '<h1>nothing here</h1>',
  'site/about.html': '<h1>about</h1>',
  'site/docs/index.html': '<h1>docs</h1>',
  'site/.env': 'TOKEN=secret',
  'site/.git/config': 'secret',
  'site/.well-known/security.txt': 'Contact: us',
  'site/numbers.txt': '0123456789',
  'site/grüße.txt': 'hallo',
  'site/download.tar.gz': gzipSync('archive'),
  'site/assets/index-D1wrgTda.js': 'vite()',
  'site/static/js/main.8d4f6a1b.js': 'cra()',
  'site/assets/jquery-validation.js': 'plain()',
  'site/assets/photo-20260101.jpg': 'jpeg',
  'site/assets/app-fullCalendar.js': 'plain()',
  'site/app.js': 'app()',
  'site/app.js.gz': gzipSync('app()'),
};

async function writeSite(folder: string): Promise<void> {
  for (const [name, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

describe('static site', () => {
  let folder: string;
  let site: number;
  let singlePage: number;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hivemind-test-'));
    await writeSite(folder);
    [{ port: site }, { port: singlePage }] = await Promise.all([
      serve(folder, ['site']),
      serve(folder, ['site', 'index.html']),
    ]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['/', '<h1>home</h1>'],
    ['/index.html', '<h1>home</h1>'],
    ['/about', '<h1>about</h1>'],
    ['/docs/', '<h1>docs</h1>'],
    ['/.well-known/security.txt', 'Contact: us'],
    ['/gr%C3%BC%C3%9Fe.txt', 'hallo'],
    ['/?utm=1', '<h1>home</h1>'],
  ])('answers %s with its file', async (path, content) => {
    const { status, body, headers } = await ask(site, path);
    expect([status, body.toString()]).toEqual([200, content]);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('answers unknown paths with its own page', async () => {
    const { status, body, headers } = await ask(site, '/nothing');
    expect([status, body.toString()]).toEqual([404, '<h1>nothing here</h1>']);
    expect(headers['content-type']).toBe('text/html;charset=utf-8');
  });

  test.each([
    '/.env',
    '/.git/config',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/docs/../../secret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    '/%',
    '/%00',
    '/index.html%00.png',
  ])('does not answer %s', async (path) => {
    for (const port of [site, singlePage]) {
      const { body } = await ask(port, path);
      expect(body.toString()).not.toMatch(/secret|outside|root:/);
    }
    expect((await ask(site, path)).status).toBe(404);
  });

  test('redirects folders to their slash', async () => {
    const { status, headers } = await ask(site, '/docs?page=2');
    expect([status, headers.location]).toEqual([301, '/docs/?page=2']);
  });

  test('confirms what the client has', async () => {
    const { headers } = await ask(site, '/about');
    const again = await ask(site, '/about', { 'If-None-Match': headers.etag ?? '' });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  test.each([
    ['bytes=2-4', '234'],
    ['bytes=7-', '789'],
    ['bytes=-3', '789'],
    ['bytes=5-99', '56789'],
  ])('answers the range %s', async (range, content) => {
    const { status, body } = await ask(site, '/numbers.txt', { Range: range });
    expect([status, body.toString()]).toEqual([206, content]);
  });

  test('refuses a range beyond the end', async () => {
    expect((await ask(site, '/numbers.txt', { Range: 'bytes=10-' })).status).toBe(416);
  });

  test.each(['bytes=5-2', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,3-4', 'bytes=-'])(
    'ignores the range %s',
    async (range) => {
      const { status, body } = await ask(site, '/numbers.txt', { Range: range });
      expect([status, body.toString()]).toEqual([200, '0123456789']);
    },
  );

  test('gives the whole when it has changed', async () => {
    const headers = { Range: 'bytes=2-4', 'If-Range': 'Thu, 01 Jan 1970 00:00:00 GMT' };
    expect((await ask(site, '/numbers.txt', headers)).status).toBe(200);
    const { headers: current } = await ask(site, '/numbers.txt');
    const unchanged = { Range: 'bytes=2-4', 'If-Range': current['last-modified'] ?? '' };
    expect((await ask(site, '/numbers.txt', unchanged)).status).toBe(206);
  });

  test.each([
    ['/assets/index-D1wrgTda.js', true],
    ['/static/js/main.8d4f6a1b.js', true],
    ['/assets/jquery-validation.js', false],
    ['/assets/photo-20260101.jpg', false],
    ['/assets/app-fullCalendar.js', false],
    ['/app.js', false],
    ['/', false],
  ])('lets clients keep %s for ever: %s', async (path, forever) => {
    const { headers } = await ask(site, path);
    expect(headers['cache-control']).toBe(forever ? 'public,max-age=31536000,immutable' : 'no-cache');
  });

  test('sends what is compressed already', async () => {
    const { headers, body } = await ask(site, '/app.js', { 'Accept-Encoding': 'gzip' });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'text/javascript' });
    expect(gunzipSync(body).toString()).toBe('app()');
    expect((await ask(site, '/app.js')).body.toString()).toBe('app()');
  });

  test('does not unpack downloads', async () => {
    const { headers, body } = await ask(site, '/download.tar.gz', { 'Accept-Encoding': 'gzip' });
    expect(headers).toMatchObject({ 'content-encoding': 'identity', 'content-type': 'application/gzip' });
    expect(gunzipSync(body).toString()).toBe('archive');
  });

  test('takes only GET and HEAD', async () => {
    expect(await ask(site, '/', {}, 'HEAD')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect((await ask(site, '/', {}, 'POST')).status).toBe(405);
  });

  test('falls back for pages but not for files', async () => {
    const page = await ask(singlePage, '/guests/anna?page=2');
    expect([page.status, page.body.toString()]).toEqual([200, '<h1>home</h1>']);
    expect((await ask(singlePage, '/assets/gone.js')).status).toBe(404);
    expect((await ask(singlePage, '/numbers.txt')).body.toString()).toBe('0123456789');
  });

  test('answers in time whatever the path is', async () => {
    const path = `/${'a.a'.repeat(2000)}!`;
    expect((await ask(singlePage, path)).status).toBe(404);
  });
});

describe('the process of a static site', () => {
  test('finishes what it is sending when asked to stop', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'large.bin'), Buffer.alloc(8_000_000));
    const { port, child } = await serve(folder, ['.']);
    const answer = ask(port, '/large.bin');
    await waitFor(async () => (await ask(port, '/none')).status === 404);
    child.kill('SIGTERM');
    expect((await answer).body).toHaveLength(8_000_000);
    await waitFor(() => child.exitCode !== null);
    expect(child.exitCode).toBe(0);
  });

  test.each(['..', '/etc', 'link', 'linked'])('refuses to serve %s', async (directory) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'linked'));
    await symlink('/etc', join(folder, 'link'));
    await symlink('/etc/hosts', join(folder, 'linked', 'hosts'));
    const child = spawn(process.execPath, [PROGRAM, directory], { cwd: folder, env: { PORT: '1' } });
    children.push(child);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    await waitFor(() => child.exitCode !== null);
    expect(errors).toContain('is outside of the application');
  });
});
