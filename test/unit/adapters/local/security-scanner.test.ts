import { readdir } from 'node:fs/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { localSecurityScanner } from '../../../../src/adapters/local/security-scanner.ts';
import type { SecurityScanner } from '../../../../src/ports/security-scanner.ts';
import { memoryTree } from '../../../fixtures/memory-tree.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'}${'k1L2m3N4o5P6q7R8'}`;
const PRIVATE_KEY = ['BEGIN', 'END']
  .map((word) => `-----${word} RSA PRIVATE KEY-----`)
  .join(`\n${'MIIEpAIBAAKCAQEA7bq2h5F9kqz3u4o0l1m2n3o4p5q6r7s8t9u0v1w2x3y4z5A6\n'.repeat(12)}`);

const scanner = async (environment: NodeJS.ProcessEnv = {}): Promise<SecurityScanner> =>
  localSecurityScanner({ home: await temporaryHome(), environment });

describe('secret scan', () => {
  test.each([
    ['a private key', 'deploy/server.key', PRIVATE_KEY, 1],
    ['a token in a workflow', '.github/workflows/ci.yml', `env:\n  TOKEN: ${TOKEN}\n`, 2],
    [
      'a database password',
      'db.js',
      `\nconst url = 'postgres://shop:${'h7Kd9sLq2x'}@db.shop.io:5432/shop';\n`,
      2,
    ],
    ['a committed .env file', '.env', `PORT=3000\nSESSION_SECRET=${'f83hf9sk20dkq'}\n`, 2],
    [
      'a quoted value in .env.production',
      'app/.env.production',
      `export API_KEY="${'k29dKq0Zlw8s7'}" # live\n`,
      1,
    ],
  ])('finds %s', async (_, file, text, line) => {
    const findings = await (await scanner()).secrets(memoryTree({ [file]: text }), '.');

    expect(findings).toEqual([{ file, line, rule: expect.stringMatching(/^[a-z-]+$/) }]);
  });

  test.each([
    ['a template of settings', '.env.example', `SESSION_SECRET=${'f83hf9sk20dkq'}\n`],
    [
      'placeholders',
      '.env',
      'API_KEY=your-api-key-here\nTOKEN=xxxxxxxxxxxx\nPASSWORD=changeme\nDB_PASSWORD=$DB_DEFAULT\n',
    ],
    [
      'settings without secrets',
      '.env',
      'NODE_ENV=production\nLOG_LEVEL=information\nVITE_API_KEY=abcdefgh123\n',
    ],
    [
      'an address in the documentation',
      'README.md',
      'use https://user:password@example.com/ or https://a:b3Xk9@localhost/',
    ],
    ['an endless line', '.env', `API_TOKEN=${' '.repeat(250_000)}x`],
    ['a lock file', 'package-lock.json', TOKEN],
    ['a folder of packages', 'node_modules/x/index.js', TOKEN],
    ['a binary file', 'data.bin', `\0\0${TOKEN}`],
    ['an image', 'logo.png', TOKEN],
    ['a file over 256 KiB', 'large.txt', `${TOKEN}\n${'x'.repeat(262_144)}`],
  ])('passes over %s', async (_, file, text) => {
    expect(await (await scanner()).secrets(memoryTree({ [file]: text }), '.')).toEqual([]);
  });

  test('scans likely files when there are too many', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 2_100 }, (_, index) => [`a/${index}.txt`, 'nothing']),
    );
    const tree = memoryTree({ ...many, 'z/.env': `TOKEN=${TOKEN}\n` });

    expect(await (await scanner()).secrets(tree, '.')).toMatchObject([{ file: 'z/.env', line: 1 }]);
  });

  test('limits the number of findings', async () => {
    const tree = memoryTree({ 'tokens.txt': `${TOKEN}\n`.repeat(500) });

    expect(await (await scanner()).secrets(tree, '.')).toHaveLength(200);
  });

  test('lets other work run between files', async () => {
    const tree = memoryTree(
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.js`, 'let a = 1'])),
    );
    const security = await scanner();
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);

    await security.secrets(tree, '.');
    clearInterval(counting);

    expect(turns).toBeGreaterThan(0);
  });
});

describe('dependency audit', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  /** The registry of npm, with these advisories, or with this answer instead; keeps what it was asked. */
  async function registry(advise: object | RequestListener) {
    const asked: unknown[] = [];
    const server = createServer(async (request, response) => {
      if (request.method === 'GET') return json(response, packument(request.url ?? ''));
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      asked.push(
        JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()),
      );
      if (typeof advise === 'function') advise(request, response);
      else json(response, advise);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    return { asked, environment: { npm_config_registry: `http://127.0.0.1:${port}/` } };
  }

  const json = (response: ServerResponse, value: unknown) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(value));

  const packument = (path: string) => {
    const name = path.slice(1);
    const versions = ['0.0.8', '1.2.3', '4.17.11', '4.17.12'].map((version) => [version, { name, version }]);
    return { name, 'dist-tags': { latest: '4.17.12' }, versions: Object.fromEntries(versions) };
  };

  const ADVISORIES = {
    lodash: [
      {
        id: 1065,
        url: 'https://github.com/advisories/GHSA-jf85-cpcp-j695',
        title: 'Prototype Pollution in lodash',
        severity: 'critical',
        vulnerable_versions: '<4.17.12',
        cwe: ['CWE-1321'],
        cvss: { score: 9.1, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H' },
      },
    ],
    minimist: [
      {
        id: 1179,
        url: 'https://github.com/advisories/GHSA-vh95-rmgr-6w4m',
        title: 'Prototype Pollution in minimist\u001b[31m',
        severity: 'moderate',
        vulnerable_versions: '<0.2.1 || >=1.0.0 <1.2.3',
        cwe: [],
        cvss: { score: 0, vectorString: null },
      },
    ],
  };
  const locked = (version: string, dev = false) => ({
    version,
    resolved: 'https://registry.npmjs.org/x.tgz',
    integrity: 'sha512-aaaa',
    ...(dev ? { dev } : {}),
  });
  const SHOP = {
    'package.json': JSON.stringify({
      name: 'shop',
      scripts: { preinstall: 'touch executed', postinstall: 'touch executed' },
      dependencies: { lodash: '4.17.11', minimist: '0.0.8' },
      devDependencies: { mocha: '1.0.0' },
    }),
    'package-lock.json': JSON.stringify({
      name: 'shop',
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { lodash: '4.17.11', minimist: '0.0.8' }, devDependencies: { mocha: '1.0.0' } },
        'node_modules/lodash': locked('4.17.11'),
        'node_modules/minimist': locked('0.0.8'),
        'node_modules/mocha': locked('1.0.0', true),
      },
    }),
  };
  test('reports advisories, the worst first', async () => {
    const { environment, asked } = await registry(ADVISORIES);

    const outcome = await (await scanner(environment)).dependencies(memoryTree(SHOP), '.');

    expect(outcome).toEqual({
      audited: true,
      findings: [
        {
          package: 'lodash',
          severity: 'critical',
          cvss: 9.1,
          title: 'Prototype Pollution in lodash',
          fixedIn: '4.17.12',
        },
        {
          package: 'minimist',
          severity: 'moderate',
          cvss: null,
          title: 'Prototype Pollution in minimist',
          fixedIn: '1.2.3',
        },
      ],
    });
    expect(asked).toEqual([{ lodash: ['4.17.11'], minimist: ['0.0.8'] }]);
  });

  test('uses the lock file of the workspace above', async () => {
    const { environment } = await registry({});
    const tree = memoryTree({
      'package-lock.json': SHOP['package-lock.json'],
      'apps/shop/package.json': SHOP['package.json'],
    });

    expect(await (await scanner(environment)).dependencies(tree, 'apps/shop')).toEqual({
      audited: true,
      findings: [],
    });
  });

  test('leaves no folder behind', async () => {
    const { environment } = await registry({});
    const home = await temporaryHome();

    await localSecurityScanner({ home, environment }).dependencies(memoryTree(SHOP), '.');

    expect(await readdir(home.folder('work'))).toEqual([]);
  });

  test('says that the registry has no advisories', async () => {
    const { environment } = await registry((_, response) => response.writeHead(405).end());

    expect(await (await scanner(environment)).dependencies(memoryTree(SHOP), '.')).toEqual({
      audited: false,
      reason: 'the registry does not serve advisories (HTTP 405)',
    });
  });

  test('says that the registry is out of reach', async () => {
    const environment = { npm_config_registry: 'http://127.0.0.1:1/' };

    expect(await (await scanner(environment)).dependencies(memoryTree(SHOP), '.')).toEqual({
      audited: false,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('ends npm when it is cancelled', async () => {
    const cancel = new AbortController();
    const { environment } = await registry(() => cancel.abort());

    const audit = (await scanner(environment)).dependencies(memoryTree(SHOP), '.', cancel.signal);

    await expect(audit).rejects.toMatchObject({ name: 'Cancelled' });
  });

  test.each([
    [
      'pnpm',
      { 'package.json': SHOP['package.json'], 'pnpm-lock.yaml': 'lockfileVersion: 9' },
      'pnpm-lock.yaml',
    ],
    ['yarn', { 'package.json': SHOP['package.json'], 'yarn.lock': '# yarn lockfile v1' }, 'yarn.lock'],
    ['Python', { 'requirements.txt': 'flask==3.0.0' }, 'requirements.txt'],
    ['a broken manifest', { 'package.json': '{', 'package-lock.json': '{}' }, 'package.json'],
    ['a broken lock file', { 'package.json': '{}', 'package-lock.json': '{' }, 'npm could not audit'],
  ])('says that it cannot audit %s', async (_, files, reason) => {
    expect(await (await scanner()).dependencies(memoryTree(files), '.')).toEqual({
      audited: false,
      reason: expect.stringContaining(reason),
    });
  });
});
