import type { Files } from '../fixtures/git-repository.ts';

/** An application that really is broken, and what makes it well again. */
export interface BrokenApplication {
  readonly files: Files;
  /** Options of `deploy`. */
  readonly options?: readonly string[];
  /** Actions of the fixes, in order. */
  readonly fixes: readonly string[];
  /** Values that only the operator knows; with them, or when it is empty, the fix is approved. Absent: nobody is asked. */
  readonly approve?: Readonly<Record<string, string>>;
}

const manifest = (more: object = {}): string =>
  JSON.stringify({ name: 'app', version: '1.0.0', scripts: { start: 'node server.js' }, ...more });

const serve = (answer = "s.end('well')", listen = 'process.env.PORT') =>
  `require('node:http').createServer((q, s) => { ${answer} }).listen(${listen});\n`;

export const wrongPort = (port: number): BrokenApplication => ({
  files: { 'package.json': manifest(), 'server.js': serve(undefined, String(port)) },
  options: ['--stage-1'],
  fixes: ['change_port'],
});

export const otherInterface: BrokenApplication = {
  files: {
    'package.json': manifest(),
    'server.js': serve(undefined, "process.env.PORT, process.env.HOST ?? '127.0.0.2'"),
  },
  options: ['--start-timeout', '3'],
  fixes: ['set_bind_address'],
};

export const missingBuildScript: BrokenApplication = {
  files: {
    'package.json': manifest({
      scripts: {
        build: 'npm run compile',
        'build:server': `node -e "require('fs').writeFileSync('made', 'x')"`,
        start: 'node server.js',
      },
    }),
    'server.js': serve("s.end(require('node:fs').readFileSync('made', 'utf8') + 'well')"),
  },
  fixes: ['change_build_command'],
};

/** Recon believes the constant; the route is behind a switch that is off. */
export const otherHealthPath: BrokenApplication = {
  files: {
    'package.json': manifest(),
    'server.js': `const routes = { '/': 'well' };
if (process.env.WITH_HEALTH) routes['/healthz'] = 'ok';
require('node:http').createServer((q, s) => {
  if (q.url === '/healthz' && !routes['/healthz']) { s.statusCode = 404; return s.end('no such page'); }
  s.end(routes[q.url] ?? 'well');
}).listen(process.env.PORT);
`,
  },
  options: ['--start-timeout', '3'],
  fixes: ['change_health_check'],
};

export const staleLock: BrokenApplication = {
  files: {
    'package.json': manifest({ dependencies: { 'left-pad': '1.3.0' } }),
    'package-lock.json': JSON.stringify({
      name: 'app',
      lockfileVersion: 3,
      packages: { '': { name: 'app' } },
    }),
    'server.js': serve("s.end(require('left-pad')('well', 5))"),
  },
  fixes: ['use_non_frozen_install'],
};

const engineCheck = (major: number): string => `const major = Number(process.versions.node.split('.')[0]);
if (major !== ${major}) {
  console.error('error app@1.0.0: The engine "node" is incompatible with this module. Expected version "${major}.x". Got "' + process.versions.node + '"');
  process.exit(1);
}
`;

export const wrongNode: BrokenApplication = {
  files: {
    'package.json': manifest(),
    'server.js': engineCheck(22) + serve("s.end('well on ' + process.version)"),
  },
  fixes: ['set_runtime_version'],
};

/** It wants another Node to start, with which it cannot be built. */
export const worseWithOtherNode: BrokenApplication = {
  files: {
    'package.json': manifest({ scripts: { build: 'node build.js', start: 'node server.js' } }),
    'build.js': "if (process.versions.node.startsWith('22.')) throw new Error('hm');\n",
    'server.js': engineCheck(22) + serve(),
  },
  fixes: ['set_runtime_version'],
};

/** The name is made of parts, so that reading the source does not tell it. */
export const missingDatabaseUrl: BrokenApplication = {
  files: {
    'package.json': manifest(),
    'server.js': `const name = ['DATABASE', 'URL'].join('_');
if (!process.env[name]) throw new Error('Missing required environment variable: ' + name);
${serve()}`,
  },
  fixes: ['rewire_database_url'],
};

export const slowStart: BrokenApplication = {
  files: {
    'package.json': manifest(),
    'server.js': `setTimeout(() => { ${serve().trim()} }, 3_000);\n`,
  },
  options: ['--start-timeout', '2'],
  fixes: ['extend_health_check_grace'],
  // A port that never opens may have other reasons: not sure enough to go on without asking.
  approve: {},
};

/** The project's own setting wins over what the build is given, unless the fix sees to that too. */
export const hungryBuild: BrokenApplication = {
  files: {
    '.npmrc': 'node-options=--max-old-space-size=40\n',
    'package.json': manifest({ scripts: { build: 'node build.js', start: 'node server.js' } }),
    'build.js': `const kept = [];
for (let i = 0; i < 150; i += 1) kept.push(Array.from({ length: 131_072 }, (_, k) => k + i + 0.5));
console.log(kept.length);
`,
    'server.js': serve(),
  },
  fixes: ['increase_build_memory'],
};

export const missingEntry: BrokenApplication = {
  files: {
    'package.json': manifest({
      main: 'dist/main.js',
      scripts: {
        build: "node -e \"require('fs').cpSync('src', 'dist', { recursive: true })\"",
        start: 'node dist/server.js',
      },
    }),
    'src/main.js': serve(),
  },
  fixes: ['change_start_command'],
};

/** Its schema is made by a program that nothing names as migrations. */
export const migrationsNotRun: BrokenApplication = {
  files: {
    'package.json': manifest({
      dependencies: { pg: '8.16.3' },
      scripts: { start: 'node server.js', 'db:init': 'node tools/schema.js' },
    }),
    'tools/schema.js': `const { Client } = require('pg');
const client = new Client({ connectionString: process.env.DATABASE_URL });
client.connect().then(() => client.query('CREATE TABLE IF NOT EXISTS notes (text text)')).then(() => client.end());
`,
    'server.js': `const { Pool } = require('pg');
const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.query('SELECT count(*) FROM notes').then(() => { ${serve().trim()} });
`,
  },
  fixes: ['run_migrations'],
  approve: {},
};

/** A second server of the application insists on a port that somebody has. */
export const portInUse = (port: number): BrokenApplication => ({
  files: {
    'package.json': manifest(),
    'server.js': `require('node:http').createServer((q, s) => s.end('well')).listen(Number(process.env.APP_PORT ?? ${port}), () => {});
`,
  },
  options: ['--stage-1'],
  fixes: ['change_port'],
});

export const missingVariable: BrokenApplication = {
  files: {
    'package.json': manifest(),
    'server.js': `if (!process.env.STRIPE_KEY) throw new Error('STRIPE_KEY is required');
${serve("s.end(process.env.STRIPE_KEY === 'sk-test' ? 'well' : 'wrong')")}`,
  },
  fixes: ['request_env_value'],
  approve: { STRIPE_KEY: 'sk-test' },
};

/** What nobody but a person can mend, or name. */
export const HOPELESS: Readonly<Record<string, { files: Files; cause: string; action: string }>> = {
  'an error in the source': {
    files: { 'package.json': manifest(), 'server.js': 'const a = ;\n' },
    cause: 'compile_error',
    action: 'fix_source_code',
  },
  'a package that does not exist': {
    files: {
      'package.json': manifest({ dependencies: { 'no-such-package-of-anybody-xyzzy': '1.0.0' } }),
      'server.js': serve(),
    },
    cause: 'dependency_not_found',
    action: 'fix_source_code',
  },
  'words that say nothing': {
    files: { 'package.json': manifest(), 'server.js': "console.error('hm'); process.exit(3);\n" },
    cause: 'unknown',
    action: 'escalate',
  },
};
