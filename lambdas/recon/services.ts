/** Packages that speak to a service, by the service's name. */
export const SERVICE_PACKAGES: readonly (readonly [packageName: string, service: string])[] = [
  ['mysql', 'mysql'],
  ['mysql2', 'mysql'],
  ['mariadb', 'mysql'],
  ['mongodb', 'mongodb'],
  ['mongoose', 'mongodb'],
  ['redis', 'redis'],
  ['ioredis', 'redis'],
  ['bull', 'redis'],
  ['bullmq', 'redis'],
  ['@fastify/redis', 'redis'],
  ['connect-redis', 'redis'],
  ['sqlite3', 'sqlite'],
  ['better-sqlite3', 'sqlite'],
  ['@libsql/client', 'sqlite'],
  ['amqplib', 'rabbitmq'],
  ['kafkajs', 'kafka'],
  ['@elastic/elasticsearch', 'elasticsearch'],
  ['memjs', 'memcached'],
  ['nats', 'nats'],
];

/** Images of compose files, by the service's name. */
export const SERVICE_IMAGES: readonly (readonly [image: RegExp, service: string])[] = [
  [/^(?:[\w./:-]{1,80}\/)?(?:postgres|postgresql|postgis|timescaledb|pgvector)(?::|$|@)/, 'postgres'],
  [/^(?:[\w./:-]{1,80}\/)?(?:mysql|mariadb)(?::|$|@)/, 'mysql'],
  [/^(?:[\w./:-]{1,80}\/)?mongo(?::|$|@)/, 'mongodb'],
  [/^(?:[\w./:-]{1,80}\/)?(?:redis|valkey|keydb|redis-stack|redis-stack-server)(?::|$|@)/, 'redis'],
  [/^(?:[\w./:-]{1,80}\/)?rabbitmq(?::|$|@)/, 'rabbitmq'],
  [/^(?:[\w./:-]{1,80}\/)?(?:kafka|cp-kafka|redpanda)(?::|$|@)/, 'kafka'],
  [/^(?:[\w./:-]{1,80}\/)?(?:elasticsearch|opensearch)(?::|$|@)/, 'elasticsearch'],
  [/^(?:[\w./:-]{1,80}\/)?memcached(?::|$|@)/, 'memcached'],
  [/^(?:[\w./:-]{1,80}\/)?nats(?::|$|@)/, 'nats'],
];

/** Drivers of PostgreSQL for Node. */
export const POSTGRES_PACKAGES: readonly string[] = [
  'pg',
  'postgres',
  'pg-promise',
  'slonik',
  '@fastify/postgres',
  '@vercel/postgres',
  'pg-boss',
  'graphile-worker',
  'postgraphile',
  '@prisma/adapter-pg',
];

/** Drivers of other databases for Node. */
export const OTHER_DATABASES = SERVICE_PACKAGES.filter(([, service]) =>
  ['mysql', 'sqlite', 'mongodb'].includes(service),
).map(([name]) => name);

/** Service of a connection address such as a value of `DATABASE_URL`. */
export const SERVICE_ADDRESSES: readonly (readonly [address: RegExp, service: string])[] = [
  [/^postgres(?:ql)?:\/\//, 'postgres'],
  [/^(?:mysql|mariadb):\/\//, 'mysql'],
  [/^mongodb(?:\+srv)?:\/\//, 'mongodb'],
  [/^(?:rediss?|valkey):\/\//, 'redis'],
  [/^amqps?:\/\//, 'rabbitmq'],
  [/^(?:file:|sqlite:)/, 'sqlite'],
];
