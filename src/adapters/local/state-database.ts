import { DatabaseSync } from 'node:sqlite';
import { HiveMindError } from '../../domain/errors.ts';
import type { Home } from './home.ts';

/** Each entry moves the schema one version on; entries are only ever added. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE deployments (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX deployments_name ON deployments (name) WHERE status <> 'DESTROYED';
  CREATE INDEX deployments_created ON deployments (created_at DESC);
  CREATE TABLE executions (
    id TEXT PRIMARY KEY, deployment_id TEXT NOT NULL, status TEXT NOT NULL, started_at TEXT NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX executions_deployment ON executions (deployment_id, started_at DESC);
  CREATE INDEX executions_status ON executions (status);
  CREATE TABLE stage_runs (
    execution_id TEXT NOT NULL, stage TEXT NOT NULL, started_at TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (execution_id, stage)
  ) STRICT;
  CREATE TABLE stage_results (
    deployment_id TEXT NOT NULL, stage TEXT NOT NULL, digest TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (deployment_id, stage, digest)
  ) STRICT;
  CREATE TABLE releases (
    deployment_id TEXT NOT NULL, number INTEGER NOT NULL, identity TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (deployment_id, number), UNIQUE (deployment_id, identity)
  ) STRICT;
  CREATE TABLE documents (
    deployment_id TEXT NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (deployment_id, kind)
  ) STRICT;
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, deployment_id TEXT NOT NULL, execution_id TEXT, time TEXT NOT NULL,
    actor TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL, data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_deployment ON events (deployment_id, sequence);
  CREATE INDEX events_execution ON events (execution_id, sequence);
  CREATE TRIGGER events_keep BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  CREATE TRIGGER events_fixed BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  CREATE TABLE locks (
    deployment_id TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE stacks (
    name TEXT PRIMARY KEY, deployment_id TEXT NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX stacks_deployment ON stacks (deployment_id);
  CREATE TABLE instances (
    id TEXT PRIMARY KEY, stack TEXT NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX instances_stack ON instances (stack);
  CREATE TABLE load_balancers (
    name TEXT PRIMARY KEY, document TEXT NOT NULL
  ) STRICT;
  CREATE TABLE snapshots (
    id TEXT PRIMARY KEY, deployment_id TEXT NOT NULL, token TEXT NOT NULL UNIQUE, document TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE fixes (
    id TEXT PRIMARY KEY, execution_id TEXT NOT NULL, round INTEGER NOT NULL, status TEXT NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX fixes_execution ON fixes (execution_id, round);
  `,
  `
  CREATE TABLE model_calls (
    id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, deployment_id TEXT, reserved_nano_usd INTEGER, reserved_in TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX model_calls_asked ON model_calls (asked_at, id);
  CREATE INDEX model_calls_deployment ON model_calls (deployment_id, asked_at, id);
  CREATE TABLE model_budgets (
    key TEXT PRIMARY KEY, spent_nano_usd INTEGER NOT NULL, reserved_nano_usd INTEGER NOT NULL,
    alerted_percent INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE model_breakers (
    model TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE TABLE model_answers (
    sequence INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, answered_at TEXT NOT NULL,
    expires_at TEXT NOT NULL, document TEXT NOT NULL, embedding BLOB
  ) STRICT;
  CREATE INDEX model_answers_scope ON model_answers (scope, answered_at) WHERE embedding IS NOT NULL;
  CREATE INDEX model_answers_expiry ON model_answers (expires_at);
  `,
];

/** Opens the state of the local platform and brings its schema up to date. Pass `:memory:` as `file` for a throw-away one. */
export function openStateDatabase(file: string | Home): DatabaseSync {
  const database = new DatabaseSync(typeof file === 'string' ? file : file.stateFile);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > MIGRATIONS.length) {
    throw new HiveMindError(
      'InternalError',
      `the state was written by a newer HiveMind (schema ${version}, this one knows ${MIGRATIONS.length})`,
      { hint: 'run the newer HiveMind, or point HIVEMIND_HOME to another folder' },
    );
  }
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN; ${migration}; PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
  return database;
}
