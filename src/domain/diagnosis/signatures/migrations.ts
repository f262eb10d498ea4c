import type { Topic } from '../signature.ts';

/** A statement that changes the schema. */
const DDL =
  '(?:ALTER|CREATE|DROP|RENAME)\\s{1,4}(?:OR REPLACE |UNIQUE |TEMPORARY |MATERIALIZED )?(?:TABLE|INDEX|TYPE|COLUMN|CONSTRAINT|SCHEMA|VIEW|SEQUENCE|FUNCTION|TRIGGER|DOMAIN|EXTENSION|POLICY)\\b';

/** What the server refuses whatever the statement says: no fault of the migration. */
const OF_THE_SERVER =
  'permission denied|command denied|access denied|insufficient.?privilege|must be owner|could not find driver|gone away|unable to open|is locked|too many connections|lost connection|server closed|no space|disk (?:is )?full|read-?only|connection (?:refused|reset|timed)|could not connect|nxdomain|not resolve|authentication failed|pg_hba|unknown database|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|database .{1,80} does not exist';

const NO_SERVER = `(?![\\s\\S]{0,400}(?:${OF_THE_SERVER}))`;

export const MIGRATIONS: Topic = {
  tool: 'migration tools of all languages',
  signatures: [
    {
      // The statement that failed is shown, and it changes the schema.
      cause: 'migration_failed',
      confidence: 0.95,
      rank: 'root',
      phases: ['deploy', 'provision', 'compile'],
      patterns: [
        // Laravel, Doctrine, Phinx
        new RegExp(
          `^[^\\n]{0,200}?SQLSTATE\\[\\w{2,5}\\]: ${NO_SERVER}[^\\n]{1,600}\\((?:Connection: [^\\n]{1,200}?)?SQL: ${DDL}`,
          'im',
        ),
        new RegExp(`exception occurred while executing (?:a query: )?['"]${DDL}${NO_SERVER}`, 'i'),
        // SQLAlchemy and Alembic
        new RegExp(
          `(?:Programming|Integrity|NotSupported|Internal|Data|Operational)Error\\b${NO_SERVER}[^\\n]{1,400}\\n(?:[^\\n]{0,400}\\n){0,4}\\[SQL:\\s{1,8}${DDL}`,
          'i',
        ),
        // Drizzle, TypeORM, node-pg-migrate, Knex, Entity Framework, goose
        new RegExp(`Failed query: ${DDL}${NO_SERVER}`, 'i'),
        new RegExp(`QueryFailedError: ${NO_SERVER}[\\s\\S]{0,600}?query: ['"\`]\\s{0,8}${DDL}`, 'i'),
        new RegExp(`Error executing:\\s{1,8}${DDL}${NO_SERVER}`, 'i'),
        new RegExp(`migration failed with error: ${DDL}${NO_SERVER}`, 'i'),
        new RegExp(`Failed executing DbCommand [^\\n]{1,300}\\s{1,8}${DDL}${NO_SERVER}`, 'i'),
        new RegExp(
          `failed to (?:run SQL migration|execute (?:SQL query|migration))[^\\n]{0,80}${DDL}${NO_SERVER}`,
          'i',
        ),
      ],
    },
    {
      // The tool names the migration that it was at.
      cause: 'migration_failed',
      confidence: 0.94,
      rank: 'root',
      phases: ['deploy', 'provision', 'compile'],
      patterns: [
        /running (?:db |database )?migrations: [^\n]{1,600}\(SQLSTATE (?!08|28|3D|42501|53|57)\w{5}\)/i,
        /Migration (?<migration>[\w\\.-]{1,160}) failed during (?:Pre-?Checks|Execution|Post-?Checks)/i,
        /Migration (?<migration>[\w.-]{1,120}) \((?:up|down)\) failed/i,
        /Migration of schema [^\n]{1,100} to version [^\n]{1,120} failed/i,
        /Script (?<migration>[\w.-]{1,120}\.sql) failed\b/i,
        /migration failed in line \d{1,6}:/i,
        /partial migration error|ERROR (?<migration>\d{3,14}_\w{1,100}\.(?:sql|go)): failed to run/i,
        /while executing migrations?:? \d{1,20}: error returned/i,
        new RegExp(`\\bMigration (?:failed|error)[!:] ${NO_SERVER}\\S`, 'i'),
        /Failed to run (?<migration>\d{4}-\d\d-\d\d-\d{6}_\w{1,100}) with: /i,
        new RegExp(
          `^[^\\n]{0,80}?\\*\\* \\((?:Postgrex|MyXQL|Exqlite|Tds)\\.Error\\)${NO_SERVER}[\\s\\S]{1,2000}?lib/ecto/migration/runner\\.ex`,
          'im',
        ),
        new RegExp(
          `django/db/migrations/operations/[\\s\\S]{1,4000}?django\\.db\\.utils\\.(?:Programming|Integrity|NotSupported|Internal|Data|Operational)Error: ${NO_SERVER}`,
        ),
        new RegExp(
          `^[^\\n]{0,120}?(?:PG::\\w{1,60}|Mysql2::Error|SQLite3::\\w{1,60}): ${NO_SERVER}[\\s\\S]{1,2000}?db/migrate/(?<migration>\\d{8,14}_\\w{1,100})\\.rb:\\d`,
          'm',
        ),
      ],
    },
    {
      // What databases say of no other statements than those that change the schema.
      cause: 'migration_failed',
      confidence: 0.93,
      rank: 'root',
      phases: ['deploy', 'provision', 'compile'],
      patterns: [
        /(?:Cannot add|Failed to add the) foreign key constraint|Foreign key constraint is incorrectly formed/i,
        /Can't DROP (?:[A-Z ]{3,20} )?['`"][^'`"\n]{1,100}['`"]; check that/i,
        /constraint "[^"\n]{1,100}" (?:of|for) relation "(?<table>[^"\n]{1,80})" (?:does not exist|already exists)(?!,? skipping)/i,
        /\bERROR:? {1,4}type "[^"\n]{1,80}" already exists/i,
        /cannot drop (?:table|column|type|constraint|index|view|sequence|function) [^\n]{1,200} because other objects depend on it/i,
        /Duplicate key name '[^'\n]{1,100}'|Multiple primary key defined|Specified key was too long; max key length/i,
        /column "(?<column>[^"\n]{1,80})" (?:of relation "[^"\n]{1,80}" )?(?:contains null values|cannot be cast automatically to type)/i,
        /Cannot add a NOT NULL column with default value NULL|could not create unique index "/i,
      ],
    },
    {
      cause: 'migrations_missing',
      confidence: 0.94,
      rank: 'root',
      patterns: [
        /Schema[- ]validation: missing (?:table|column|sequence) \[(?<column>[^\]\n]{1,80})\] in table \[(?<table>[^\]\n]{1,80})\]/i,
        /Schema[- ]validation: missing (?:table|sequence) \[(?<table>[^\]\n]{1,80})\]/i,
      ],
    },
  ],
};
