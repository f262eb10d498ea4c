import { Errors } from 'isomorphic-git';
import { HiveMindError } from '../../../domain/errors.ts';
import { ByteSource } from '../../anywhere/archive/byte-source.ts';
import type { GitHttp } from './git-http.ts';

/** The server has another opinion of what may be fetched: mostly, that it has no such commit. */
export class RefusedByServer extends Error {}

/**
 * The pack of one commit without its history. Version 0 of the protocol, which every server speaks, with one request: we have
 * nothing to negotiate about (gitprotocol-pack, "Packfile Negotiation").
 * @throws {RefusedByServer}
 */
export async function fetchPack(http: GitHttp, url: string, commit: string): Promise<Buffer> {
  const answer = await http.request({
    url: `${url}/git-upload-pack`,
    method: 'POST',
    headers: {
      'content-type': 'application/x-git-upload-pack-request',
      accept: 'application/x-git-upload-pack-result',
    },
    body: wanted(commit),
  });
  if (answer.statusCode !== 200 || answer.body === undefined) {
    throw new Errors.HttpError(answer.statusCode, answer.statusMessage, '');
  }
  return packIn(new ByteSource(answer.body, brokenOff));
}

async function* wanted(commit: string): AsyncGenerator<Uint8Array, void> {
  const capabilities = 'side-band-64k ofs-delta no-progress agent=git/hivemind';
  yield Buffer.from(`${line(`want ${commit} ${capabilities}\n`)}${line('deepen 1\n')}0000${line('done\n')}`);
}

const line = (text: string): string => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;

/** Numbers of the side bands; any other first byte is that of a text line. */
const PACK = 1;
const PROGRESS = 2;
const FATAL = 3;

async function packIn(source: ByteSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (;;) {
    const packet = await nextPacket(source);
    if (packet === undefined) {
      if (chunks.length > 0) break;
      continue;
    }
    const text = packet.toString('utf8');
    if (packet[0] === PACK) chunks.push(Buffer.from(packet.subarray(1)));
    else if (packet[0] === FATAL || text.startsWith('ERR ')) throw new RefusedByServer(text.slice(0, 300));
    else if (packet[0] !== PROGRESS && !/^(?:shallow|unshallow|ACK|NAK)\b/.test(text)) {
      throw new Errors.ParseError('a line of git-upload-pack', text.slice(0, 40));
    }
  }
  await source.close();
  return Buffer.concat(chunks);
}

/** @returns undefined for the packet without contents that ends a section */
async function nextPacket(source: ByteSource): Promise<Buffer | undefined> {
  const digits = (await source.take(4)).toString('latin1');
  const length = /^[0-9a-f]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
  if (length === 0) return undefined;
  if (length <= 4) throw new Errors.ParseError('the length of a packet', digits);
  return source.take(length - 4);
}

const brokenOff = (): HiveMindError =>
  new HiveMindError('SourceUnreachable', 'the connection broke off before the whole repository had come', {
    hint: 'run the command again',
  });
