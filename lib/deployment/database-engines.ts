import type { EnvironmentStage } from '../../src/domain/deployment.ts';

export type Engine = 'postgres' | 'mysql';

export interface EngineSettings {
  readonly title: string;
  /** RDS's word for it. */
  readonly engine: string;
  readonly version: string;
  readonly parameterGroupFamily: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly port: number;
  readonly scheme: string;
  /** Logs that go to CloudWatch. */
  readonly logs: readonly string[];
  /** Appended to the address, so that drivers connect through TLS without being told. */
  readonly urlParameters: string;
  /** Names of the variables, besides `DATABASE_URL`, that drivers read by themselves. */
  readonly variables: Readonly<Record<'host' | 'port' | 'user' | 'password' | 'database', string>>;
  readonly furtherVariables: Readonly<Record<string, string>>;
  /** Four fifths of the connections that a server of that size allows. */
  readonly connectionAlarm: Readonly<Record<EnvironmentStage, number>>;
}

/** TLS is required by the server, not left to the client. Statements that take longer than a second are logged. */
export const ENGINES: Readonly<Record<Engine, EngineSettings>> = {
  postgres: {
    title: 'PostgreSQL',
    engine: 'postgres',
    version: '18.3',
    parameterGroupFamily: 'postgres18',
    parameters: { 'rds.force_ssl': '1', log_min_duration_statement: '1000' },
    port: 5432,
    scheme: 'postgres',
    logs: ['postgresql', 'upgrade'],
    urlParameters: '?sslmode=require',
    variables: {
      host: 'PGHOST',
      port: 'PGPORT',
      user: 'PGUSER',
      password: 'PGPASSWORD',
      database: 'PGDATABASE',
    },
    furtherVariables: { PGSSLMODE: 'require' },
    connectionAlarm: { 'stage-1': 65, production: 320 },
  },
  mysql: {
    title: 'MySQL',
    engine: 'mysql',
    version: '8.4.9',
    parameterGroupFamily: 'mysql8.4',
    parameters: {
      require_secure_transport: '1',
      slow_query_log: '1',
      long_query_time: '1',
      log_output: 'FILE',
    },
    port: 3306,
    scheme: 'mysql',
    logs: ['error', 'slowquery'],
    urlParameters: `?ssl=${encodeURIComponent(JSON.stringify({ rejectUnauthorized: true }))}`,
    variables: {
      host: 'MYSQL_HOST',
      port: 'MYSQL_PORT',
      user: 'MYSQL_USER',
      password: 'MYSQL_PASSWORD',
      database: 'MYSQL_DATABASE',
    },
    furtherVariables: {},
    connectionAlarm: { 'stage-1': 48, production: 235 },
  },
};
