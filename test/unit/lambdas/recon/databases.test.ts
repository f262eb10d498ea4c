import { describe, expect, test } from '@jest/globals';
import { argv, express, type Files, planOf } from './plan-of.ts';

const using = (
  dependencies: Record<string, string>,
  files: Files = {},
  scripts: Record<string, string> = {},
) =>
  express(
    { dependencies: { express: '5', ...dependencies }, scripts: { start: 'node server.js', ...scripts } },
    files,
  );

const SCHEMA =
  'generator client {\n  provider = "prisma-client-js"\n}\n\ndatasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n';

describe('a PostgreSQL database', () => {
  test.each<[string, Files]>([
    ['pg', using({ pg: '8' })],
    ['postgres', using({ postgres: '3' })],
    ['pg-promise', using({ 'pg-promise': '11' })],
    ['knex with pg', using({ knex: '3', pg: '8' })],
    ['sequelize with pg', using({ sequelize: '6', pg: '8' })],
    ['typeorm with pg', using({ typeorm: '0.3', pg: '8' })],
    ['drizzle with postgres', using({ 'drizzle-orm': '0.40', postgres: '3' })],
    ['Prisma', using({ '@prisma/client': '6' }, { 'prisma/schema.prisma': SCHEMA })],
    ['an example address', using({}, { '.env.example': 'DATABASE_URL=postgres://localhost:5432/shop\n' })],
    ['a Heroku add-on', using({}, { 'app.json': { addons: ['heroku-postgresql:mini'] } })],
    ['an add-on with a plan', using({}, { 'app.json': { addons: [{ plan: 'heroku-postgresql' }] } })],
  ])('is planned for %s', async (_, files) => {
    const plan = await planOf(files);
    expect(plan.database.value).toBe('postgres');
    expect(plan.database.confidence).toBeGreaterThanOrEqual(0.8);
    expect(plan.environment.value).toEqual([]);
  });

  test('is planned with doubt for a compose file alone', async () => {
    const compose = 'services:\n  db:\n    image: postgres:17-alpine\n  cache:\n    image: redis:7\n';
    const plan = await planOf(using({}, { 'docker-compose.yml': compose }));
    expect(plan.database).toMatchObject({
      value: 'postgres',
      confidence: 0.65,
      evidence: [{ file: 'docker-compose.yml', line: 3 }],
    });
    expect(plan.services.value).toEqual(['redis']);
  });

  test('is surer the more files agree', async () => {
    const compose = 'services:\n  db:\n    image: ghcr.io/team/postgres:17\n';
    const plan = await planOf(
      using({ pg: '8' }, { 'compose.yaml': compose, '.env.example': 'DATABASE_URL=postgresql://x/y\n' }),
    );
    expect(plan.database.confidence).toBeGreaterThanOrEqual(0.97);
  });

  test.each<[string, Files]>([
    ['a mention in the README', using({}, { 'README.md': '# Shop\n\nLater on PostgreSQL.\n' })],
    [
      'a driver of the tests',
      using({}, { 'package.json': { scripts: { start: 'node server.js' }, devDependencies: { pg: '8' } } }),
    ],
    ['nothing', using({})],
  ])('is not planned for %s', async (_, files) => {
    const plan = await planOf(files);
    expect(plan.database.value).toBeNull();
    expect(plan.database.confidence).toBeGreaterThanOrEqual(0.65);
  });

  test('is not planned when the operator gives an address', async () => {
    const plan = await planOf(using({ pg: '8' }, {}, { migrate: 'node migrate.js' }), {
      environmentNames: ['DATABASE_URL'],
    });
    expect(plan.database).toMatchObject({ value: null, confidence: 0.97 });
    expect(plan.migrations.value).toEqual(argv('node migrate.js'));
  });

  test('is not planned for a static site', async () => {
    const files = {
      'package.json': { devDependencies: { vite: '7' }, dependencies: { pg: '8' } },
      'index.html': '',
    };
    expect((await planOf(files)).database).toMatchObject({ value: null, confidence: 0.97 });
  });

  test('is doubted beside drivers of other databases', async () => {
    const plan = await planOf(using({ pg: '8', mysql2: '3', 'better-sqlite3': '11' }));
    expect(plan.database).toMatchObject({ value: 'postgres', confidence: 0.65 });
    expect(plan.services.value).toEqual(['mysql', 'sqlite']);
  });
});

describe('other services', () => {
  test.each<[string, Files, string]>([
    ['mysql2', using({ mysql2: '3' }), 'mysql'],
    ['mongoose', using({ mongoose: '8' }), 'mongodb'],
    ['ioredis', using({ ioredis: '5' }), 'redis'],
    ['better-sqlite3', using({ 'better-sqlite3': '11' }), 'sqlite'],
    [
      'SQLite of Node',
      using(
        {},
        { 'server.js': "const { DatabaseSync } = require('node:sqlite');\napp.listen(process.env.PORT);" },
      ),
      'sqlite',
    ],
    [
      'Prisma with MySQL',
      using({ '@prisma/client': '6' }, { 'prisma/schema.prisma': SCHEMA.replace('postgresql', 'mysql') }),
      'mysql',
    ],
    ['an example address', using({}, { '.env.example': 'REDIS_URL=redis://localhost:6379\n' }), 'redis'],
  ])('are listed for %s', async (_, files, service) => {
    const plan = await planOf(files);
    expect(plan.services.value).toEqual([service]);
    expect(plan.database.value).toBeNull();
  });

  test('say that SQLite is lost with a new release', async () => {
    const plan = await planOf(using({ 'better-sqlite3': '11' }));
    expect(plan.services.evidence[0]?.note).toContain('does not survive a new release');
  });
});

describe('migrations', () => {
  test.each([
    ['migrate', 'node migrate.js', 'node migrate.js'],
    ['db:migrate', 'knex migrate:latest', 'knex migrate:latest'],
    ['migrations', 'tsx scripts/migrate.ts', 'tsx scripts/migrate.ts'],
    ['migrate:up', 'node-pg-migrate up', 'node-pg-migrate up'],
    ['migrate:deploy', 'prisma migrate deploy', 'prisma migrate deploy'],
  ])('come from the script %s', async (name, script, line) => {
    const plan = await planOf(using({ pg: '8' }, {}, { [name]: script }));
    expect(plan.migrations.value).toEqual(argv(line));
    expect(plan.migrations.evidence[0]?.file).toBe('package.json');
  });

  test.each<[string, Record<string, string>, Files, string]>([
    [
      'Prisma',
      { '@prisma/client': '6', prisma: '6' },
      { 'prisma/schema.prisma': SCHEMA, 'prisma/migrations/1_init/migration.sql': '' },
      'prisma migrate deploy',
    ],
    ['knex', { knex: '3', pg: '8' }, { 'knexfile.js': '', 'migrations/1.js': '' }, 'knex migrate:latest'],
    [
      'sequelize',
      { sequelize: '6', 'sequelize-cli': '6', pg: '8' },
      { 'migrations/1.js': '' },
      'sequelize db:migrate',
    ],
    [
      'drizzle',
      { 'drizzle-orm': '0.40', 'drizzle-kit': '0.30', pg: '8' },
      { 'drizzle.config.ts': '', 'drizzle/meta/_journal.json': '{}' },
      'drizzle-kit migrate',
    ],
    [
      'node-pg-migrate',
      { 'node-pg-migrate': '7', pg: '8' },
      { 'migrations/1.sql': '' },
      'node-pg-migrate up',
    ],
    [
      'typeorm',
      { typeorm: '0.3', pg: '8' },
      { 'src/data-source.ts': '', 'src/migrations/1-init.ts': '' },
      'typeorm-ts-node-commonjs migration:run -d src/data-source.ts',
    ],
  ])('come from the files of %s', async (_, dependencies, files, line) => {
    const plan = await planOf(using(dependencies, files));
    expect(plan.migrations.value).toEqual(argv(line));
    expect(plan.migrations.confidence).toBeGreaterThanOrEqual(0.8);
  });

  test('prefer the deployment form to the one for development', async () => {
    const files = { 'prisma/schema.prisma': SCHEMA, 'prisma/migrations/1_init/migration.sql': '' };
    const plan = await planOf(using({ prisma: '6' }, files, { migrate: 'prisma migrate dev' }));
    expect(plan.migrations.value).toEqual(argv('prisma migrate deploy'));
  });

  test('give way to the release command of a Procfile', async () => {
    const plan = await planOf(
      using(
        { pg: '8' },
        { Procfile: 'web: node server.js\nrelease: npm run db:setup\n' },
        { migrate: 'node a.js', 'db:setup': 'node b.js' },
      ),
    );
    expect(plan.migrations).toMatchObject({ value: argv('node b.js'), confidence: 0.97 });
  });

  test('are absent without a database', async () => {
    expect((await planOf(using({}, {}, { migrate: 'node migrate.js' }))).migrations.value).toBeNull();
  });
});
