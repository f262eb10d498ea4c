import { describe, expect, test } from '@jest/globals';
import { planShape } from '../../../../src/contracts/plan.ts';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import { planConfidence } from '../../../../src/domain/plan.ts';
import { memoryTree } from '../../../fixtures/memory-tree.ts';
import fc from '../../../fixtures/properties.ts';
import { EXPRESS, express, type Files, planFor, planOf, refusalOf, SERVER } from './plan-of.ts';

describe('the plan of a repository', () => {
  test('is sure of an Express application', async () => {
    const plan = await planOf(express());
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.9);
    expect(planShape.parse(plan)).toEqual(plan);
  });

  test('has evidence for every field', async () => {
    const { version: _, ...facts } = await planOf(
      express({}, { '.env.example': 'A=\n', Procfile: 'worker: node worker.js\n' }),
    );
    for (const fact of Object.values(facts)) {
      expect(fact.evidence.length).toBeGreaterThan(0);
      expect(fact.confidence).toBeGreaterThan(0);
    }
  });

  test('says where a value is a default', async () => {
    const plan = await planOf(express());
    expect(plan.build).toMatchObject({
      value: null,
      confidence: 0.93,
      evidence: [{ file: 'package.json', note: 'default: no build script' }],
    });
  });

  test('reads few files, each of them once', async () => {
    const tree = memoryTree(
      express({}, { '.env.example': 'A=\n', 'README.md': '# x', Dockerfile: 'FROM node:22\n' }),
    );
    await planFor(tree, { environmentNames: [] });
    expect(tree.reads.length).toBe(new Set(tree.reads).size);
    expect(tree.reads.length).toBeLessThanOrEqual(8);
  });

  test('is bounded for a repository of very many files', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [
        `src/module-${index}.js`,
        `require('./module-${index + 1}');\nrequire('./module-${index + 2}');\n`,
      ]),
    );
    const tree = memoryTree(express({}, { ...many, 'server.js': `require('./src/module-0');\n${EXPRESS}` }));
    const plan = await planFor(tree, { environmentNames: [] });
    expect(plan.processes.value[0]?.exposed).toBe(true);
    expect(tree.reads.length).toBeLessThanOrEqual(250);
  });
});

describe('a repository that cannot be planned', () => {
  test('is refused with what was looked for', async () => {
    const error = await refusalOf({ 'README.md': '# nothing' });
    expect(error.code).toBe('StartCommandNotFound');
    for (const place of [
      'package.json scripts.start',
      'package.json main',
      'server.js',
      'app.py',
      'Procfile web',
      'index.html',
    ]) {
      expect(error.message).toContain(place);
    }
    expect(error.hint).toContain('"start"');
  });

  test.each<[string, Files, string]>([
    [
      'a library',
      { 'package.json': { name: 'left-pad', main: 'index.js' }, 'index.js': 'module.exports = pad;' },
      'index.js, in which nothing listens',
    ],
    [
      'a published server library',
      {
        'package.json': { name: 'srv', exports: './index.js' },
        'index.js': 'export const run = () => http.createServer().listen(0);',
      },
      'index.js, part of a library',
    ],
    [
      'a development server only',
      { 'package.json': { scripts: { start: 'webpack serve' } } },
      'scripts.start: webpack serve, which starts a development server',
    ],
    [
      'scripts of a wrong type',
      { 'package.json': { scripts: 5, main: ['x'] } },
      'package.json scripts.start',
    ],
    [
      'an empty start script',
      { 'package.json': { scripts: { start: '   ' } } },
      'package.json scripts.start',
    ],
    [
      'a start script with control characters',
      { 'package.json': { scripts: { start: 'node \u0000server.js' } } },
      'package.json scripts.start',
    ],
  ])('is refused with a reason for %s', async (_, files, reason) => {
    const error = await refusalOf(files);
    expect(error.code).toBe('StartCommandNotFound');
    expect(error.message).toContain(reason);
  });

  test.each<[string, Files]>([
    ['a Go application (go.mod)', { 'go.mod': 'module x', 'main.go': '' }],
    [
      'a Ruby application (Gemfile)',
      { Gemfile: '', 'config/routes.rb': '', 'package.json': { scripts: { build: 'esbuild' } } },
    ],
    ['a Java application (pom.xml)', { 'pom.xml': '' }],
    ['a PHP application (composer.json)', { 'composer.json': '{}' }],
    ['a Rust application (Cargo.toml)', { 'Cargo.toml': '' }],
    ['a .NET application (Shop.csproj)', { 'Shop.csproj': '' }],
    ['an Elixir application (mix.exs)', { 'mix.exs': '' }],
    ['a Deno application (deno.json)', { 'deno.json': '{}', 'main.ts': 'Deno.serve(handler)' }],
    [
      'a Deno application (package.json:3)',
      { 'package.json': { scripts: { start: 'deno run -A main.ts' } } },
    ],
    ['a Bun application (package.json:3)', { 'package.json': { scripts: { start: 'bun run index.ts' } } }],
    ['a desktop application (package.json:3)', { 'package.json': { scripts: { start: 'electron .' } } }],
    ['a container image (golang:1.23) (Dockerfile:1)', { Dockerfile: 'FROM golang:1.23\nCMD ["/shop"]\n' }],
  ])('is refused as %s', async (what, files) => {
    const error = await refusalOf(files);
    expect(error.code).toBe('UnsupportedApplication');
    expect(error.message).toContain(what);
    expect(error.message).toContain('Node applications, Python applications');
  });

  test('runs a Node application beside files of another language', async () => {
    const plan = await planOf(express({}, { 'go.mod': 'module tools', 'requirements.txt': 'ansible\n' }));
    expect(plan.runtime.value).toBe('node');
  });

  test.each([
    ['{\n  "scripts": {\n    "start": "node server.js",\n  }\n}', 'line 4'],
    ['{"scripts"', 'line 1'],
    ['[]', 'expected object'],
    ['null', 'expected object'],
  ])('is refused with the error in package.json %j', async (text, place) => {
    const error = await refusalOf({ 'package.json': text, 'server.js': SERVER });
    expect(error.code).toBe('UnsupportedApplication');
    expect(error.message).toMatch(/^package\.json cannot be read: /);
    expect(error.message).toContain(place);
  });
});

describe('hostile repositories', () => {
  test('cannot reach prototypes', async () => {
    const text =
      '{"scripts":{"__proto__":{"start":"node evil.js"},"constructor":"x","start":"node server.js"},"dependencies":{"__proto__":"1","toString":"2"}}';
    const plan = await planOf({ 'package.json': text, 'server.js': SERVER, '__proto__/package.json': '{}' });
    expect(plan.processes.value[0]?.command).toEqual({ kind: 'argv', argv: ['node', 'server.js'] });
    expect(({} as Record<string, unknown>)['start']).toBeUndefined();
  });

  const long = 60_000;
  test.each([
    ['blanks', ' '.repeat(long)],
    ['line ends', '\n'.repeat(long)],
    ['quotes', '"'.repeat(long)],
    ['braces', '{'.repeat(long)],
    ['brackets', '['.repeat(long)],
    ['imports', 'import {'.repeat(long / 8)],
    ['calls', '.get("/'.repeat(long / 7)],
    ['routers', 'app.use(\n'.repeat(long / 9)],
    ['conditions', 'if (!process.env.A) '.repeat(long / 20)],
    ['letters', 'a'.repeat(long)],
    ['names', 'aA_'.repeat(long / 3)],
    ['addresses', 'postgres://'.repeat(long / 11)],
    ['assignments', 'A="'.repeat(long / 3)],
  ])('of many %s are read in linear time', async (_, text) => {
    const names = [
      'server.js',
      '.env.example',
      'Dockerfile',
      'Procfile',
      'README.md',
      'vite.config.js',
      'next.config.js',
      'index.html',
      '.nvmrc',
      '.tool-versions',
      'pnpm-workspace.yaml',
      'yarn.lock',
      '.yarnrc.yml',
      'prisma/schema.prisma',
    ];
    const files = Object.fromEntries(names.map((name) => [name, text]));
    await planOf({
      ...files,
      'package.json': {
        scripts: { start: 'node server.js' },
        dependencies: { next: '15', vite: '7', yarn: text.slice(0, 1000), '@prisma/client': '6' },
      },
    });
    await outcome({
      ...files,
      'app.py': text,
      'requirements.txt': text,
      'compose.yml': text.slice(0, 2000),
      'app.json': text,
      'angular.json': text,
    });
  });

  const paths = [
    'package.json',
    'Procfile',
    'server.js',
    'index.js',
    'app.py',
    'requirements.txt',
    'pyproject.toml',
    'index.html',
    'Dockerfile',
    'docker-compose.yml',
    '.env.example',
    'api/package.json',
    'api/server.js',
    'web/package.json',
    'web/index.html',
    'pnpm-lock.yaml',
    'go.mod',
    'app.json',
    'angular.json',
    'prisma/schema.prisma',
    '.nvmrc',
    'turbo.json',
    'pnpm-workspace.yaml',
  ];
  const line = fc.constantFrom(
    'web: node server.js',
    'worker: x',
    'release: npm run y',
    'FROM node:20',
    'CMD ["node","server.js"]',
    'flask==2',
    'A=',
    'B=postgres://x',
    '{',
    '}',
    "app.get('/health')",
    'app.listen(process.env.PORT)',
    "import './index.js'",
    'while True:',
    'packages:',
    '  - "*"',
    '"start": "node x"',
  );
  const manifest = fc.record(
    {
      name: fc.constantFrom('a', 'b'),
      main: fc.constantFrom('server.js', 'index.js', '../x', 5),
      scripts: fc.oneof(
        fc.dictionary(
          fc.constantFrom('start', 'build', 'prestart', 'migrate', 'start:prod'),
          fc.constantFrom(
            'node server.js',
            'vite',
            'next start',
            'npm run build',
            'npm start',
            'a && b',
            'bun x',
            'tsc',
            '',
            'cd api && node server.js',
          ),
        ),
        fc.constant(5),
      ),
      dependencies: fc.dictionary(
        fc.constantFrom(
          'express',
          'pg',
          'next',
          'vite',
          'ws',
          'react-scripts',
          'a',
          'b',
          '@sveltejs/kit',
          '@angular/core',
        ),
        fc.constantFrom('1', '*'),
      ),
      workspaces: fc.constantFrom(['*'], ['api', 'web'], { packages: ['**'] }, 7),
      engines: fc.constantFrom({ node: '>=18' }, { node: 'x' }, null),
      packageManager: fc.constantFrom('pnpm@9.0.0', 'npm@x', 'bun@1', 5),
    },
    { requiredKeys: [] },
  );
  const content = fc.oneof(
    { weight: 4, arbitrary: fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')) },
    { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
  );
  const files = fc
    .dictionary(fc.constantFrom(...paths), content, { maxKeys: 10 })
    .chain((texts) =>
      manifest.map((json): Files => ('package.json' in texts ? { ...texts, 'package.json': json } : texts)),
    );

  test('of any kind are planned or refused', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom(undefined, 'deploy api', 'web'), async (tree, description) => {
        const result = await outcome(tree, description);
        if (result instanceof HiveMindError)
          expect(['StartCommandNotFound', 'UnsupportedApplication']).toContain(result.code);
        else expect(planShape.parse(result)).toEqual(result);
      }),
      { numRuns: 300 },
    );
  });

  test('give the same plan in any order of their entries', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (tree) => {
        const reversed = Object.fromEntries(Object.entries(tree).reverse());
        expect(JSON.stringify(await outcome(reversed))).toBe(JSON.stringify(await outcome(tree)));
      }),
      { numRuns: 100 },
    );
  });
});

const outcome = (files: Files, description?: string) =>
  planOf(files, { description }).catch((error: unknown) => {
    if (error instanceof HiveMindError) return error;
    throw error;
  });
