/** Set by HiveMind, Node, npm or the shell: never something that an operator has to give. */
const PROVIDED =
  /^(?:PORT|NODE_ENV|CI|PATH|HOME|USER|SHELL|PWD|TZ|LANG|LC_\w+|TMPDIR|TERM|HOSTNAME|NODE_OPTIONS|NO_COLOR|FORCE_COLOR|DEBUG|npm_\w+|HIVEMIND_\w+|VITEST|JEST_WORKER_ID)$/;
/** Set when HiveMind creates the database. */
const DATABASE = /^(?:DATABASE_URL|PG(?:HOST|PORT|USER|PASSWORD|DATABASE|SSLMODE|URL)|POSTGRES_URL)$/;
const SECRET =
  /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASS|PASSPHRASE|CREDENTIALS?|DSN)(?:_|$)|APIKEY|SECRETKEY|(?:DATABASE|MONGO\w{0,20}|REDIS|AMQP|POSTGRES|MYSQL|DB|RABBITMQ)_UR[LI]$/i;
/** Shown to browsers by the build tools that define these prefixes. */
const PUBLIC =
  /^(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|GATSBY|PUBLIC|EXPO_PUBLIC|VUE_APP)_|PUBLISHABLE|(?:^|_)PUBLIC(?:_|$)/;

export const isVariableName = (name: string): boolean => /^[A-Za-z_]\w{0,127}$/.test(name);
export const isProvided = (name: string): boolean => PROVIDED.test(name);
export const isDatabaseVariable = (name: string): boolean => DATABASE.test(name);
export const isSecret = (name: string): boolean => SECRET.test(name) && !PUBLIC.test(name);
