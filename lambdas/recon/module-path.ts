import { posix } from 'node:path';
import type { Folder } from './folder.ts';

export const SOURCE_FILE = /\.(?:[cm]?[jt]s|[jt]sx|py|vue|svelte)$/;
/** Programs also come without an ending, such as `bin/www`. */
const isProgram = (path: string): boolean => SOURCE_FILE.test(path) || posix.extname(path) === '';

const EXTENSIONS = ['.js', '.ts', '.mjs', '.mts', '.cjs', '.cts', '.jsx', '.tsx', '.py'];
const TYPESCRIPT_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['.js', ['.ts', '.tsx', '.jsx']],
  ['.mjs', ['.mts']],
  ['.cjs', ['.cts']],
]);
/** Build output that mirrors a source folder. */
const OUTPUT_FOLDER = /^(?:dist|build|lib|out|output|\.build)\/(?:src\/)?/;

/** The file that a module path means, by the rules of Node, TypeScript and Python; undefined when it is not in the repository. */
export function resolveModule(folder: Folder, path: string): string | undefined {
  const plain = posix.normalize(path).replace(/\/$/, '');
  if (plain.startsWith('/')) return undefined;
  if (plain !== '.' && folder.has(plain)) return plain;
  const extension = posix.extname(plain);
  const stem = plain.slice(0, plain.length - extension.length);
  return folder.firstOf([
    ...EXTENSIONS.map((candidate) => plain + candidate),
    ...(TYPESCRIPT_OF.get(extension) ?? []).map((candidate) => stem + candidate),
    ...EXTENSIONS.map((candidate) => posix.join(plain, `index${candidate}`)),
    posix.join(plain, '__init__.py'),
    posix.join(plain, '__main__.py'),
  ]);
}

/** Like `resolveModule`, and for a file that the build will write, the source it is written from. */
export function resolveProgram(folder: Folder, path: string): string | undefined {
  const plain = posix.normalize(path);
  const source = plain.replace(OUTPUT_FOLDER, '');
  const candidates = source === plain ? [plain] : [plain, `src/${source}`, source];
  for (const candidate of candidates) {
    const file = resolveModule(folder, candidate);
    if (file !== undefined && isProgram(file)) return file;
  }
  return undefined;
}
