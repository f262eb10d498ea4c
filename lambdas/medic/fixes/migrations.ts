import { fixAction } from './fix-action.ts';
import { isPlainPath, packageManagerOf, runScript, scriptsOf } from './package-commands.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { filesIn } from './repository-facts.ts';

/** Scripts that bring a database to the release's schema, the most telling first. */
const SCRIPTS = [
  'db:migrate:deploy',
  'migrate:deploy',
  'migrate:prod',
  'migration:run:prod',
  'prisma:migrate:deploy',
  'prisma:deploy',
  'db:deploy',
  'db:migrate',
  'migrate',
  'migrations',
  'migrate:up',
  'migrate:latest',
  'migration:run',
  'migrations:run',
  'db:migrations',
  'db:setup',
  'db:init',
  'db:schema',
  'setup:db',
  'init-db',
  'db-migrate',
];
/** Asks questions, makes new migrations, takes some back, or puts data in. */
const FOR_DEVELOPMENT =
  /\bprisma migrate (?:dev|reset|diff)\b|\bdb push\b|\bmigration:(?:generate|create|revert)\b|\b(?:rollback|down|undo|drop|reset|seed)\b/;

interface Tool {
  readonly uses: readonly string[];
  readonly words: string;
  readonly sign: RegExp;
}

const TOOLS: readonly Tool[] = [
  { uses: ['prisma', '@prisma/client'], words: 'prisma migrate deploy', sign: /^prisma\/migrations\// },
  { uses: ['knex'], words: 'knex migrate:latest', sign: /^knexfile\.(?:[cm]?js|ts)$/ },
  { uses: ['sequelize-cli'], words: 'sequelize db:migrate', sign: /^(?:migrations\/|\.sequelizerc$)/ },
  { uses: ['drizzle-kit'], words: 'drizzle-kit migrate', sign: /^drizzle\.config\.(?:[cm]?js|ts)$/ },
  { uses: ['node-pg-migrate'], words: 'node-pg-migrate up', sign: /^migrations\// },
];
/** A program of the repository's own whose name says that it migrates. */
const PROGRAM =
  /^(?:(?:scripts|db|database|bin|src|tools)\/){0,2}(?:migrate|migrations|run-migrations|migrate-db|db-migrate|setup-db|init-db)\.(?:[cm]?js|py)$/;
const MOST_PROPOSED = 3;

/** The schema that the release expects, by a tool whose files the repository has. It changes data: the operator decides. */
export const runMigrations: Remedy = (ailment) => {
  if (ailment.plan === null || ailment.plan.migrations.value !== null) return [];
  return commandsFor(ailment)
    .slice(0, MOST_PROPOSED)
    .map((command) =>
      fixAction(ailment, 'run_migrations', {
        does: `run the migrations with \`${command}\` before the release starts`,
        parameters: { command },
        change: { plan: { migrations: command } },
      }),
    );
};

function commandsFor(ailment: Ailment): readonly string[] {
  const { repository, plan } = ailment;
  if (repository === null || plan === null) return [];
  const manager = packageManagerOf(ailment);
  const files = filesIn(repository.files, plan.root.value);
  const packages = [...repository.dependencies, ...repository.devDependencies];
  const names = scriptsOf(repository);
  const scripts = SCRIPTS.filter(
    (name) => names.includes(name) && !FOR_DEVELOPMENT.test(repository.scripts[name] ?? ''),
  );
  const tools = TOOLS.filter(
    ({ uses, sign }) => uses.some((name) => packages.includes(name)) && files.some((file) => sign.test(file)),
  );
  const programs = files.filter((file) => PROGRAM.test(file) && isPlainPath(file));
  return [
    ...(manager === null ? [] : scripts.map((script) => runScript(manager, script))),
    ...(manager === null ? [] : tools.map(({ words }) => words)),
    ...programs.map((file) => (file.endsWith('.py') ? `python3 ${file}` : `node ${file}`)),
  ];
}
