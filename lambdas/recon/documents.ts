import { parse as parseTomlText } from 'smol-toml';
import * as z from 'zod';
import { printable } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import { type Folder, lineAt } from './folder.ts';

/** A parsed file, or why it could not be parsed, with the line. */
type Document = { readonly value: unknown } | { readonly problem: string };

const FORMATS = {
  json: (text: string): unknown => JSON.parse(text),
  toml: (text: string): unknown => parseTomlText(text),
};

/** The parsed file; undefined when there is none. Names that end in .json are JSON, all others TOML. */
async function readDocument(folder: Folder, path: string): Promise<Document | undefined> {
  const format = path.endsWith('.json') ? 'json' : 'toml';
  const text = await folder.read(path);
  if (text === undefined) return undefined;
  try {
    return { value: FORMATS[format](text) };
  } catch (error) {
    return { problem: describe(error, text) };
  }
}

/**
 * The file in a shape; undefined when there is none.
 * @throws {HiveMindError} UnsupportedApplication: not parseable, or of another shape
 */
export async function readManifest<T extends z.ZodType>(
  folder: Folder,
  path: string,
  shape: T,
): Promise<z.output<T> | undefined> {
  const document = await readDocument(folder, path);
  if (document === undefined) return undefined;
  if ('problem' in document) throw unreadable(folder.locate(path), document.problem);
  const parsed = shape.safeParse(document.value);
  if (!parsed.success)
    throw unreadable(
      folder.locate(path),
      z
        .prettifyError(parsed.error)
        .replace(/^✖ /, '')
        .replace(/\s*\n\s*/g, ' '),
    );
  return parsed.data;
}

/** The file in a lenient shape; undefined when there is none or it cannot be read, for files that only give hints. */
export async function readHints<T extends z.ZodType>(
  folder: Folder,
  path: string,
  shape: T,
): Promise<z.output<T> | undefined> {
  const document = await readDocument(folder, path);
  if (document === undefined || 'problem' in document) return undefined;
  const parsed = shape.safeParse(document.value);
  return parsed.success ? parsed.data : undefined;
}

/** An object of texts as a map: entries of other types are left out, names such as `__proto__` do no harm. */
export const textMap = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform(
    (record) =>
      new Map(
        Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
  );

/** A text, or undefined for anything else. */
export const maybeText = z.string().optional().catch(undefined);

const unreadable = (path: string, problem: string) =>
  new HiveMindError('UnsupportedApplication', `${path} cannot be read: ${problem}`, {
    hint: `correct ${path} in the repository, commit, and deploy again`,
  });

function describe(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const line =
    error instanceof Error && 'line' in error && typeof error.line === 'number' ? error.line : undefined;
  const short = printable(message.split('\n')[0] ?? '')
    .slice(0, 200)
    .replace(/[:.]$/, '');
  if (/\bline \d/.test(short)) return short;
  return `${short} (line ${line ?? lineAt(text, text.length)})`;
}
