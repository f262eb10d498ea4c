import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import type * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';
import { parseRecord } from './items.ts';

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** Below this, text stays text, which people can read in the console. */
const COMPRESSED_FROM_BYTES = 4_096;
/** An item of DynamoDB has at most 409,600 bytes, its keys and other attributes included. */
const MAX_BYTES = 400_000;
/** Almost as small as the default quality of 11 and a hundred times faster. */
const QUALITY = 5;

/**
 * A document as the attribute of an item: JSON, compressed when it is long.
 * @throws {HiveMindError} AwsRefused: too large even so
 */
export async function packed(document: unknown, what: string): Promise<string | Uint8Array> {
  const text = Buffer.from(JSON.stringify(document));
  if (text.length < COMPRESSED_FROM_BYTES) return text.toString();
  const body = await compress(text, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } });
  if (body.length <= MAX_BYTES) return body;
  throw new HiveMindError(
    'AwsRefused',
    `${what} is too large: ${kilobytes(text.length)} KB, compressed ${kilobytes(body.length)} KB, and a record holds ${kilobytes(MAX_BYTES)} KB`,
    {
      hint: 'split the repository: what HiveMind finds out about one application has to fit into one record',
    },
  );
}

const kilobytes = (bytes: number): number => Math.round(bytes / 1_000);

/** @throws {HiveMindError} InternalError: damaged */
export async function unpacked<T>(shape: z.ZodType<T>, body: unknown): Promise<T> {
  return parseRecord(shape, await parsedBody(body));
}

/** Undefined, which no shape takes, for what is not a body. */
async function parsedBody(body: unknown): Promise<unknown> {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return undefined;
  try {
    return JSON.parse(typeof body === 'string' ? body : (await decompress(body)).toString());
  } catch {
    return undefined;
  }
}
