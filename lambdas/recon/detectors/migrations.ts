import type { Evidence } from '../../../src/domain/plan.ts';
import { simpleCommands } from '../command-line.ts';
import type { Detector } from '../detector-context.ts';
import type { Folder } from '../folder.ts';
import { observe, SURE } from '../observation.ts';
import { startProgram } from '../package-manager.ts';
import { type NodePackage, scriptCommand } from '../start-command.ts';
import { resolveScript } from '../start-script.ts';
import { prismaSchemaOf } from './database.ts';

const SCRIPTS = [
  'db:migrate:deploy',
  'migrate:deploy',
  'migrate:prod',
  'migration:run:prod',
  'db:migrate',
  'migrate',
  'migrations',
  'migrate:up',
  'migrate:latest',
  'migration:run',
  'migrations:run',
  'db:migrations',
];
/** Asks questions, makes new migrations, or undoes them. */
export const FOR_DEVELOPMENT =
  /\bprisma migrate (?:dev|reset|diff)\b|\bdb push\b|\bmigration:(?:generate|create|revert)\b|\b(?:rollback|down|undo)\b/;

/** The command that brings a database to the release's schema. A Procfile's `release` goes before: it is stated. */
export const detectMigrations: Detector = async ({ node, procfile, folder }) => {
  if (!node || procfile.some((entry) => entry.name === 'release')) return [];
  const { packageJson, toolchain } = node;
  for (const name of SCRIPTS) {
    const script = resolveScript(packageJson, name);
    if (!script || FOR_DEVELOPMENT.test(script.line) || simpleCommands(script.line).length === 0) continue;
    return [observe('migrations', scriptCommand(script, node), SURE.clear, packageJson.scriptEvidence(name))];
  }
  const tool = toolMigration(folder, node);
  return tool
    ? [observe('migrations', startProgram(toolchain, tool.argv), SURE.likely, ...tool.evidence)]
    : [];
};

interface Tool {
  readonly packages: readonly string[];
  readonly argv: readonly string[];
  /** The file that shows that there is something to run. */
  readonly sign: (folder: Folder) => string | undefined;
}

const under = (folder: string) => (place: Folder) =>
  place.files.find((file) => file.startsWith(`${folder}/`));

const TOOLS: readonly Tool[] = [
  {
    packages: ['prisma', '@prisma/client'],
    argv: ['prisma', 'migrate', 'deploy'],
    sign: (folder) => (prismaSchemaOf(folder) === undefined ? undefined : under('prisma/migrations')(folder)),
  },
  {
    packages: ['knex'],
    argv: ['knex', 'migrate:latest'],
    sign: (folder) => folder.firstOf(['knexfile.js', 'knexfile.cjs', 'knexfile.mjs', 'knexfile.ts']),
  },
  {
    packages: ['sequelize-cli'],
    argv: ['sequelize', 'db:migrate'],
    sign: (folder) => under('migrations')(folder) ?? folder.firstOf(['.sequelizerc']),
  },
  {
    packages: ['drizzle-kit'],
    argv: ['drizzle-kit', 'migrate'],
    sign: (folder) =>
      folder.firstOf(['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs']) &&
      folder.files.find((file) => file.endsWith('meta/_journal.json')),
  },
  { packages: ['node-pg-migrate'], argv: ['node-pg-migrate', 'up'], sign: under('migrations') },
];

function toolMigration(
  folder: Folder,
  { packageJson }: NodePackage,
): { argv: readonly string[]; evidence: readonly Evidence[] } | undefined {
  for (const { packages, argv, sign } of TOOLS) {
    const dependency = packageJson.firstDependency(packages);
    const file = dependency && sign(folder);
    if (dependency && file)
      return { argv, evidence: [dependency.evidence, folder.evidence(file, `migrations of ${argv[0]}`)] };
  }
  return typeOrmMigration(folder, packageJson);
}

/** TypeORM needs to be told its data source. */
function typeOrmMigration(folder: Folder, packageJson: NodePackage['packageJson']) {
  const dependency = packageJson.dependency('typeorm');
  const source = folder.files.find((file) =>
    /(?:^|\/)(?:data-source|datasource|ormconfig)\.[jt]s$/.test(file),
  );
  const migration = folder.files.find((file) => /(?:^|\/)migrations?\/[^/]{1,120}\.[jt]s$/.test(file));
  if (!dependency || source === undefined || migration === undefined) return undefined;
  const program = source.endsWith('.ts') ? 'typeorm-ts-node-commonjs' : 'typeorm';
  const evidence = [
    dependency,
    folder.evidence(source, 'data source of TypeORM'),
    folder.evidence(migration, 'a migration'),
  ];
  return { argv: [program, 'migration:run', '-d', source], evidence };
}
