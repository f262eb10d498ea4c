import { EXPRESS, express } from '../../recon/plan-of.ts';
import { type Case, listening, scripts } from './ailing.ts';

/** Failures of what was built, and what the first fix changes. */
export const RUN_CASES: readonly Case[] = [
  [
    'another script starts',
    {
      cause: 'start_entry_missing',
      files: express({ scripts: { start: 'node dist/server.js', 'start:prod': 'node server.js' } }),
    },
    { plan: { start: 'npm run start:prod' } },
  ],
  [
    'the file that the build makes is started',
    {
      cause: 'start_entry_missing',
      files: express(
        {
          scripts: { start: 'node dist/server.js', build: 'mkdir -p build && cp src/server.js build/' },
        },
        { 'src/server.js': EXPRESS },
      ),
    },
    { plan: { start: 'node build/server.js' } },
  ],
  [
    'the file that the compiler makes is started',
    {
      cause: 'start_entry_missing',
      files: {
        'package.json': {
          scripts: { start: 'node dist/main.js', build: 'tsc' },
          dependencies: { express: '5' },
        },
        'package-lock.json': {},
        'tsconfig.json': '{\n  // where to\n  "compilerOptions": { "outDir": "./lib", },\n}\n',
        'src/main.ts': EXPRESS,
      },
    },
    { plan: { start: 'node lib/main.js' } },
  ],
  [
    'the file that is there is started',
    { cause: 'start_entry_missing', files: express({ scripts: { start: 'node dist/server.js' } }) },
    { plan: { start: 'node server.js' } },
  ],
  [
    'the Python program that is there is started',
    {
      cause: 'start_entry_missing',
      files: { 'web/app.py': 'import http.server\n', Procfile: 'web: python3 app.py\n' },
    },
    { plan: { start: 'python3 -u web/app.py' } },
  ],
  [
    'the application is built in the folder that it is in',
    {
      cause: 'no_project_manifest',
      stage: 'build',
      plan: null,
      files: { 'README.md': '', 'shop/package.json': '{}', 'shop/test/package.json': '{}' },
    },
    { plan: { root: 'shop' } },
  ],
  [
    'also when nothing was found to start',
    { cause: 'start_entry_missing', stage: 'analyse', plan: null, files: { 'shop/package.json': '{}' } },
    { plan: { root: 'shop' } },
  ],
  [
    'Node.js is one in the range that is asked for',
    {
      cause: 'runtime_version_mismatch',
      stage: 'build',
      parameters: { runtime: 'node', required: '>=18 <20', got: '24.1.0' },
    },
    { plan: { runtimeVersion: '>=18 <20' } },
  ],
  [
    'Node.js is at least the version that is asked for',
    {
      cause: 'runtime_version_mismatch',
      stage: 'build',
      parameters: { runtime: 'node', required: 'v22.12.0', got: '20.1.0' },
    },
    { plan: { runtimeVersion: '>=22.12.0' } },
  ],
  [
    'Node.js is an older one',
    { cause: 'runtime_version_mismatch', stage: 'build', parameters: { runtime: 'node', version: '16' } },
    { plan: { runtimeVersion: '^16.0.0' } },
  ],
  [
    'the port is the one that the application insists on',
    { cause: 'port_mismatch', parameters: { got: 3000, expected: 20_123 } },
    { plan: { port: '3000' } },
  ],
  [
    'the application listens on all addresses',
    {
      cause: 'wrong_bind_address',
      files: listening('app.listen(3000, process.env.BIND_ADDRESS ?? "10.1.1.1");\n'),
    },
    { variables: { BIND_ADDRESS: '0.0.0.0' } },
  ],
  [
    'its server is told to listen on all addresses',
    {
      cause: 'wrong_bind_address',
      files: express({
        dependencies: { next: '15.0.0' },
        scripts: { start: 'next start', build: 'next build' },
      }),
    },
    { plan: { start: 'next start -H 0.0.0.0' } },
  ],
  [
    'the health check asks for a path that there is',
    {
      cause: 'health_check_code_mismatch',
      files: listening("app.get('/logout', x);\napp.get('/shop', x);\napp.get('/api/v1/alive', x);\n"),
      parameters: { code: 404 },
      settings: { plan: { healthCheckPath: '/nothing' } },
    },
    { plan: { healthCheckPath: '/api/v1/alive' } },
  ],
  ['a slow start has more time', { cause: 'app_slow_start' }, { startTimeoutSeconds: 120 }],
  [
    'but no more than there is',
    { cause: 'app_slow_start', settings: { startTimeoutSeconds: 200 } },
    { startTimeoutSeconds: 300 },
  ],
  [
    'warnings are warnings again',
    { cause: 'warnings_as_errors', stage: 'build' },
    { variables: { CI: 'false' } },
  ],
  [
    'a database that is wanted is there',
    { cause: 'missing_env_var', parameters: { name: 'DATABASE_URL' } },
    { plan: { database: 'postgres' } },
  ],
  [
    'also for an application that looks for one on its own machine',
    { cause: 'db_connection_refused', parameters: { host: '127.0.0.1', port: 5432 } },
    { plan: { database: 'postgres' } },
  ],
  [
    'fewer connections are opened',
    {
      cause: 'db_too_many_connections',
      files: listening('const pool = { max: Number(process.env.DB_POOL_MAX) };\n'),
    },
    { variables: { DB_POOL_MAX: '2' } },
  ],
  [
    'migrations run by their script',
    {
      cause: 'migrations_missing',
      files: scripts({ 'init-db': 'node init.js' }),
    },
    { plan: { migrations: 'npm run init-db' } },
  ],
  [
    'migrations run by the tool whose files are there',
    {
      cause: 'migrations_missing',
      files: express({ dependencies: { express: '5.1.0', knex: '3.0.0' } }, { 'knexfile.js': '' }),
      settings: { plan: { migrations: 'none' } },
    },
    { plan: { migrations: 'knex migrate:latest' } },
  ],
  [
    'migrations run by a program of the repository',
    { cause: 'migrations_missing', files: express({}, { 'scripts/migrate.js': '' }) },
    { plan: { migrations: 'node scripts/migrate.js' } },
  ],
  ['a flaky network is given a moment', { cause: 'network_transient', stage: 'build' }, {}],
];
