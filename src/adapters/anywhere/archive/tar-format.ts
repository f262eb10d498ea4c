/** Size of a header, and what contents are padded to. */
export const BLOCK_BYTES = 512;

/** What an archive of ours holds: nothing else is written, and nothing else is read. */
export interface ArchiveEntry {
  /** Relative, with forward slashes and none at its end. */
  readonly path: string;
  readonly kind: 'file' | 'executable' | 'symlink' | 'folder';
  /** Of the contents; 0 for links and folders. */
  readonly bytes: number;
  /** Where a symbolic link leads; empty for the others. */
  readonly target: string;
}

/** The bytes are no archive of ours: damaged, cut off, or made by somebody else to confuse whoever unpacks it. */
export class MalformedArchive extends Error {}

/** What the header of an entry says before extended attributes replace its names. */
export interface RawHeader {
  readonly path: string;
  readonly type: string;
  readonly bytes: number;
  readonly executable: boolean;
  readonly target: string;
}

const TYPES = { file: '0', executable: '0', symlink: '2', folder: '5' } as const;
/** The largest size that eleven octal digits hold. */
const MAX_BYTES = 8 ** 11 - 1;
/** Start, length: POSIX.1-2017, pax, "ustar Interchange Format". */
const FIELD = {
  path: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  bytes: [124, 12],
  time: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  target: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
} as const;

/** The header blocks of an entry. No owner, no times: equal entries have equal headers. */
export function encodedHeader(entry: ArchiveEntry): Buffer {
  if (entry.bytes > MAX_BYTES) throw new RangeError(`"${entry.path}" is larger than an archive can hold`);
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
  const records = [
    ...(fits(path) ? [] : [paxRecord('path', path)]),
    ...(fits(entry.target) ? [] : [paxRecord('linkpath', entry.target)]),
  ];
  const mode = entry.kind === 'executable' || entry.kind === 'folder' ? 0o755 : 0o644;
  const header = block({
    path: fits(path) ? path : 'long',
    mode,
    bytes: entry.bytes,
    type: TYPES[entry.kind],
    target: fits(entry.target) ? entry.target : 'long',
  });
  if (records.length === 0) return header;
  const attributes = Buffer.concat(records);
  const announced = block({ path: 'pax', mode: 0o644, bytes: attributes.length, type: 'x', target: '' });
  return Buffer.concat([announced, padded(attributes), header]);
}

/** The zero bytes that follow contents of this length. */
export const paddingAfter = (bytes: number): Buffer =>
  Buffer.alloc((BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES);

/** @returns undefined for a block of zeros, which ends an archive @throws {MalformedArchive} */
export function decodedHeader(bytes: Buffer): RawHeader | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined;
  if (octal(bytes, 'checksum') !== checksumOf(bytes))
    throw new MalformedArchive('a header has a wrong checksum');
  const prefix = text(bytes, 'prefix');
  const name = text(bytes, 'path');
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    type: text(bytes, 'type') || '0',
    bytes: octal(bytes, 'bytes'),
    executable: (octal(bytes, 'mode') & 0o100) !== 0,
    target: text(bytes, 'target'),
  };
}

/** The extended attributes of the next entry: `<length> <name>=<value>\n` each. @throws {MalformedArchive} */
export function decodedAttributes(bytes: Buffer): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (let rest = bytes; rest.length > 0; ) {
    const space = rest.indexOf(' ');
    const length = Number(rest.toString('latin1', 0, Math.max(0, space)));
    const equals = rest.indexOf('=', space);
    const isWhole = space > 0 && equals > 0 && Number.isInteger(length) && rest[length - 1] === 0x0a;
    if (!isWhole || equals >= length) throw new MalformedArchive('extended attributes cannot be read');
    attributes.set(rest.toString('utf8', space + 1, equals), rest.toString('utf8', equals + 1, length - 1));
    rest = rest.subarray(length);
  }
  return attributes;
}

const fits = (name: string): boolean =>
  Buffer.byteLength(name) <= FIELD.path[1] && /^[\x20-\x7e]*$/.test(name);

function paxRecord(name: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${name}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${name}=${value}\n`);
}

const padded = (contents: Buffer): Buffer => Buffer.concat([contents, paddingAfter(contents.length)]);

function block(header: {
  readonly path: string;
  readonly mode: number;
  readonly bytes: number;
  readonly type: string;
  readonly target: string;
}): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  const put = (field: keyof typeof FIELD, value: string): void => void bytes.write(value, FIELD[field][0]);
  const digits = (field: keyof typeof FIELD, value: number): void =>
    put(field, value.toString(8).padStart(FIELD[field][1] - 1, '0'));
  put('path', header.path);
  digits('mode', header.mode);
  digits('owner', 0);
  digits('group', 0);
  digits('bytes', header.bytes);
  digits('time', 0);
  put('type', header.type);
  put('target', header.target);
  put('magic', 'ustar\u000000');
  put('checksum', `${checksumOf(bytes).toString(8).padStart(6, '0')}\0 `);
  return bytes;
}

/** The sum of all bytes, those of the checksum itself counted as spaces. */
function checksumOf(bytes: Buffer): number {
  const [start, length] = FIELD.checksum;
  let sum = 32 * length;
  for (const [index, byte] of bytes.entries()) if (index < start || index >= start + length) sum += byte;
  return sum;
}

function text(bytes: Buffer, field: keyof typeof FIELD): string {
  const [start, length] = FIELD[field];
  const end = bytes.subarray(start, start + length).indexOf(0);
  return bytes.toString('utf8', start, end < 0 ? start + length : start + end);
}

function octal(bytes: Buffer, field: keyof typeof FIELD): number {
  const digits = text(bytes, field).trim();
  if (!/^[0-7]+$/.test(digits)) throw new MalformedArchive(`a header has no proper ${field}`);
  return Number.parseInt(digits, 8);
}
