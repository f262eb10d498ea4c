import pg from 'pg';

export const NAME_LIMIT = 60;
export const MESSAGE_LIMIT = 500;

/** The entries in PostgreSQL. Connections are opened when they are first needed. */
export class Entries {
  #pool;

  constructor(connectionString) {
    this.#pool = new pg.Pool({
      connectionString,
      max: 8,
      connectionTimeoutMillis: 3_000,
      query_timeout: 5_000,
    });
    this.#pool.on('error', (error) => console.error(`lost a database connection: ${error.message}`));
  }

  async newest(limit) {
    const { rows } = await this.#pool.query(
      `select id::int, name, message, created_at as "createdAt"
         from entries order by created_at desc, id desc limit $1`,
      [limit],
    );
    return rows;
  }

  async count() {
    const { rows } = await this.#pool.query('select count(*)::int as count from entries');
    return rows[0].count;
  }

  async add({ name, message }) {
    const { rows } = await this.#pool.query(
      'insert into entries (name, message) values ($1, $2) returning id::int, name, message, created_at as "createdAt"',
      [name, message],
    );
    return rows[0];
  }

  async check() {
    await this.#pool.query('select 1 from entries limit 1');
  }

  close() {
    return this.#pool.end();
  }
}

/** What the visitor typed, trimmed, and what is wrong with it by field; nothing wrong is an empty object. */
export function readEntry(input) {
  const name = text(input.name).replace(/\s+/g, ' ');
  const message = text(input.message).replace(/\r\n?/g, '\n');
  const problems = {};
  if (name === '') problems.name = 'Please tell us your name.';
  else if ([...name].length > NAME_LIMIT)
    problems.name = `Please keep your name under ${NAME_LIMIT} characters.`;
  if (message === '') problems.message = 'Please write a few words.';
  else if ([...message].length > MESSAGE_LIMIT) {
    problems.message = `Please keep your message under ${MESSAGE_LIMIT} characters.`;
  }
  return { entry: { name, message }, problems };
}

/** PostgreSQL cannot store the NUL character in text. */
const text = (value) => (typeof value === 'string' ? value.replaceAll('\0', '').trim() : '');
