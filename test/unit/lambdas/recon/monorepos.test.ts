import { describe, expect, test } from '@jest/globals';
import { argv, express, type Files, planOf, refusalOf, SERVER, serve } from './plan-of.ts';

const vite = (name: string) => ({
  name,
  scripts: { dev: 'vite', build: 'vite build' },
  devDependencies: { vite: '7' },
});
const api = {
  name: '@shop/api',
  scripts: { start: 'node server.js' },
  dependencies: { fastify: '5', '@shop/db': 'workspace:*' },
};
const FASTIFY =
  "import fastify from 'fastify';\nimport { db } from '@shop/db';\nfastify().listen({ port: process.env.PORT });\n";
const workspace: Files = {
  'package.json': {
    private: true,
    workspaces: ['apps/*', 'packages/*'],
    scripts: { build: 'npm run build --workspaces --if-present' },
    engines: { node: '>=22' },
  },
  'package-lock.json': '{}',
  'apps/api/package.json': api,
  'apps/api/server.js': FASTIFY,
  'packages/db/package.json': { name: '@shop/db', main: 'index.js', dependencies: { pg: '8' } },
  'packages/db/index.js': 'export const db = new Pool({ connectionString: process.env.DATABASE_URL });\n',
};
const both: Files = {
  ...workspace,
  'apps/web/package.json': vite('@shop/web'),
  'apps/web/index.html': '<div id="root">',
};

describe('the folder to deploy', () => {
  test('is the top one of an ordinary repository', async () => {
    const plan = await planOf(
      express({}, { 'client/package.json': vite('client'), 'client/index.html': '' }),
    );
    expect(plan.root).toMatchObject({ value: '.', confidence: 0.97 });
  });

  test.each(['server', 'backend', 'api', 'web', 'apps/shop', 'packages/shop/server'])(
    'is %s when nothing else can be deployed',
    async (folder) => {
      const plan = await planOf({
        [`${folder}/package.json`]: { scripts: { start: 'node index.js' } },
        [`${folder}/index.js`]: SERVER,
        'README.md': '',
      });
      expect(plan.root).toMatchObject({ value: folder, confidence: 0.93 });
      expect(plan.root.evidence[0]).toMatchObject({ file: `${folder}/package.json`, line: 3 });
      expect(plan.processes.evidence[0]?.file).toBe(`${folder}/package.json`);
    },
  );

  test('is the one member of a workspace that can be started', async () => {
    const plan = await planOf(workspace);
    expect(plan.root.value).toBe('apps/api');
    expect(plan.install.value).toEqual(argv('npm ci'));
    expect(plan.install.evidence[0]?.file).toBe('package-lock.json');
    expect(plan.runtimeVersion.value).toBe('>=22');
    expect(plan.processes.value[0]?.command).toEqual(argv('node server.js'));
  });

  test('is the best of several, with the others named', async () => {
    const plan = await planOf(both);
    expect(plan.root.value).toBe('apps/api');
    expect(plan.root.confidence).toBeLessThanOrEqual(0.7);
    expect(plan.root.evidence[0]?.note).toContain('apps/web');
  });

  test.each(['deploy apps/web', 'The public web site, in React.', 'deploy @shop/web.'])(
    'may be chosen by the description %j',
    async (description) => {
      const plan = await planOf(both, { description });
      expect(plan.root).toMatchObject({ value: 'apps/web', confidence: 0.93 });
      expect(plan.processes.value[0]?.command).toEqual(serve('dist', 'index.html'));
    },
  );

  test('is not chosen by a description that names nothing', async () => {
    expect((await planOf(both, { description: '$(rm -rf /); ../../etc' })).root.value).toBe('apps/api');
  });

  test.each([
    ['npm start -w apps/api'],
    ['npm run start --workspace=@shop/api'],
    ['turbo run start --filter=@shop/api'],
    ['pnpm --filter @shop/api start'],
    ['yarn workspace @shop/api start'],
  ])('is the one that the start script %j names', async (start) => {
    const files = {
      ...both,
      'package.json': {
        workspaces: ['apps/*', 'packages/*'],
        scripts: { start },
        devDependencies: { turbo: '2' },
      },
    };
    expect((await planOf(files)).root).toMatchObject({ value: 'apps/api', confidence: 0.93 });
  });

  test('is the one that the start script enters', async () => {
    const files = {
      'package.json': { scripts: { start: 'cd server && npm start' } },
      'server/package.json': { scripts: { start: 'node index.js' } },
      'server/index.js': SERVER,
    };
    expect((await planOf(files)).root.value).toBe('server');
  });

  test('is never one of tests, examples or dependencies', async () => {
    const server = { 'package.json': { scripts: { start: 'node index.js' } } };
    const files = Object.fromEntries(
      ['examples/a', 'test/fixtures/b', 'node_modules/c', 'docs/d', '.cache/e'].map((folder) => [
        `${folder}/package.json`,
        server['package.json'],
      ]),
    );
    expect((await refusalOf(files)).code).toBe('StartCommandNotFound');
  });

  test('is not decided by manifests elsewhere that cannot be read', async () => {
    const plan = await planOf(express({}, { 'packages/broken/package.json': '{', 'api/package.json': '[]' }));
    expect(plan.root.value).toBe('.');
  });

  test('is the one that the operator gives', async () => {
    const plan = await planOf(both, { plan: { root: './apps/web/' } });
    expect(plan.root).toMatchObject({ value: 'apps/web', confidence: 0.97 });
  });

  test.each(['apps/none', '../other', '/etc', 'apps/../..'])(
    'fails with %j as an unknown folder',
    async (root) => {
      const error = await refusalOf(both, { plan: { root } });
      expect(error.code).toBe('StartCommandNotFound');
      expect(error.message).toContain('has no folder');
    },
  );
});

describe('a member of a workspace', () => {
  test('needs the database of a package that it depends on', async () => {
    const plan = await planOf(workspace);
    expect(plan.database).toMatchObject({
      value: 'postgres',
      evidence: [{ file: 'packages/db/package.json' }],
    });
  });

  test.each<[string, Files, string]>([
    ['turbo', { 'turbo.json': '{}' }, 'npx --no-install turbo run build --filter=@shop/api'],
    ['pnpm', { 'pnpm-lock.yaml': 'x', 'package-lock.json@': '' }, 'pnpm --filter @shop/api... run build'],
    ['the script of the workspace', {}, 'npm --prefix ../.. run build'],
  ])('is built with what it depends on by %s', async (_, files, line) => {
    const plan = await planOf({
      ...workspace,
      'apps/api/package.json': { ...api, scripts: { ...api.scripts, build: 'tsc' } },
      'packages/db/package.json': { name: '@shop/db', scripts: { build: 'tsc' } },
      ...files,
    });
    expect(plan.build.value).toEqual(argv(line));
  });

  test('starts other programs than node through the package manager', async () => {
    const files = {
      ...workspace,
      'apps/api/package.json': { ...api, scripts: { start: 'tsx server.ts' } },
      'apps/api/server.ts': FASTIFY,
    };
    expect((await planOf(files)).processes.value[0]?.command).toEqual(argv('npm run start'));
  });

  test('may use the tools of the workspace', async () => {
    const plan = await planOf({
      'package.json': { private: true, devDependencies: { vite: '7' } },
      'pnpm-workspace.yaml': "packages:\n  - '*'\n",
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
      'site/package.json': { scripts: { start: 'vite', build: 'vite build' } },
      'site/index.html': '<div id="root">',
    });
    expect(plan.root.value).toBe('site');
    expect(plan.install.value).toEqual(argv('pnpm install --frozen-lockfile'));
    expect(plan.processes.value[0]?.command).toEqual(serve('dist', 'index.html'));
  });
});
