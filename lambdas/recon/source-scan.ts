import type { Evidence } from '../../src/domain/plan.ts';
import { type Folder, lineAt } from './folder.ts';
import { importsIn, resolveImport } from './imports.ts';
import { SOURCE_FILE } from './module-path.ts';

/** Bounds of the work on one repository, whatever its size. */
const MAXIMUM_FILES = 200;
const MAXIMUM_FILES_WITHOUT_ENTRY = 40;
const MAXIMUM_FILE_BYTES = 64 * 1024;
const MAXIMUM_TOTAL_BYTES = 2 * 1024 * 1024;
/** Longer lines are generated code. It also bounds every pattern that looks at a line. */
const MAXIMUM_LINE_LENGTH = 1000;

export interface SourceFile {
  readonly path: string;
  /** Comment lines and generated lines are blank, so that line numbers stay. */
  readonly text: string;
  /** Part of the main process. */
  readonly main: boolean;
  /** Local modules by the names they are imported under, and by specifier. */
  readonly imports: ReadonlyMap<string, string>;
}

export interface Hit {
  readonly source: SourceFile;
  readonly match: RegExpExecArray;
  readonly line: number;
}

/** The source files that the processes are made of, as far as imports can be followed. */
export class SourceScan {
  readonly files: readonly SourceFile[];
  /** Whether every file of the main process was read: only then does the absence of something mean anything. */
  readonly complete: boolean;
  readonly #folder: Folder;

  constructor(folder: Folder, files: readonly SourceFile[], complete: boolean) {
    this.#folder = folder;
    this.files = files;
    this.complete = complete;
  }

  /** The first match of a global pattern; files of the main process come first. */
  first(pattern: RegExp): Hit | undefined {
    return this.hits(pattern, 1)[0];
  }

  /** Matches of a global pattern, file by file. */
  hits(pattern: RegExp, limit = 500): readonly Hit[] {
    const found: Hit[] = [];
    for (const source of this.files) {
      for (const match of source.text.matchAll(pattern)) {
        found.push({ source, match, line: lineAt(source.text, match.index) });
        if (found.length >= limit) return found;
      }
    }
    return found;
  }

  evidence({ source, line }: Hit, note: string): Evidence {
    return this.#folder.evidence(source.path, note, line);
  }

  /** The files of the main process only. */
  get mainProcess(): SourceScan {
    return new SourceScan(
      this.#folder,
      this.files.filter((file) => file.main),
      this.complete,
    );
  }
}

/**
 * Follows imports from the entry files; the first one is the main process. `linked` are packages of the same repository, whose
 * code is not followed. Without an entry file, the files most likely to hold routes and settings are read.
 */
export async function scanSources(
  folder: Folder,
  entries: readonly string[],
  linked: ReadonlySet<string>,
): Promise<SourceScan> {
  const found = new Map<string, SourceFile>();
  const [main, ...others] = entries;
  if (main === undefined) {
    await follow(folder, likelySources(folder), { found, linked, main: true, maximumDepth: 0 });
    return new SourceScan(folder, [...found.values()], false);
  }
  const complete = await follow(folder, [main], { found, linked, main: true, maximumDepth: 50 });
  await follow(folder, others, { found, linked, main: false, maximumDepth: 50 });
  return new SourceScan(folder, [...found.values()], complete);
}

interface Walk {
  readonly found: Map<string, SourceFile>;
  readonly linked: ReadonlySet<string>;
  readonly main: boolean;
  readonly maximumDepth: number;
}

/** Breadth first, a level at a time. Returns whether everything was found and read. */
async function follow(folder: Folder, start: readonly string[], walk: Walk): Promise<boolean> {
  let level = start.filter((path) => !walk.found.has(path));
  let complete = true;
  for (let depth = 0; level.length > 0 && depth <= walk.maximumDepth; depth += 1) {
    const next = new Set<string>();
    for (const { path, text } of await readLevel(folder, level, walk)) {
      const source = readSource(folder, path, text, walk);
      walk.found.set(path, source.file);
      complete &&= source.complete && text.length < MAXIMUM_FILE_BYTES;
      for (const imported of source.file.imports.values()) next.add(imported);
    }
    complete &&= level.every((path) => walk.found.has(path));
    level = [...next].filter((path) => !walk.found.has(path) && SOURCE_FILE.test(path));
  }
  return complete;
}

/** As many files of a level as the bounds leave room for. */
async function readLevel(folder: Folder, level: readonly string[], { found }: Walk) {
  let room = [...found.values()].reduce((bytes, { text }) => bytes - text.length, MAXIMUM_TOTAL_BYTES);
  const paths = level.slice(0, MAXIMUM_FILES - found.size);
  const texts = await Promise.all(paths.map((path) => folder.read(path, MAXIMUM_FILE_BYTES)));
  return paths.flatMap((path, index) => {
    const text = texts[index] ?? '';
    room -= text.length;
    return room < 0 ? [] : [{ path, text }];
  });
}

function readSource(folder: Folder, path: string, raw: string, { linked, main }: Walk) {
  const text = withoutComments(raw, path);
  const imports = new Map<string, string>();
  let complete = !DYNAMIC_IMPORT.test(text);
  for (const { names, specifier, local } of importsIn(text, path)) {
    const target = resolveImport(folder, path, specifier);
    if (target === undefined) complete &&= !local && !linked.has(specifier);
    else for (const name of [...names, specifier]) imports.set(name, target);
  }
  return { file: { path, text, main, imports }, complete };
}

const SCRIPT_COMMENT = /^\s*(?:\/\/|\*|\/\*)/;
const PYTHON_COMMENT = /^\s*#/;
const DYNAMIC_IMPORT = /\b(?:require|import) {0,4}\( {0,4}[^'"\s)]/;

/** Whether a line of a program is nothing but a comment. */
export const isComment = (path: string, line: string): boolean =>
  (path.endsWith('.py') ? PYTHON_COMMENT : SCRIPT_COMMENT).test(line);

const withoutComments = (text: string, path: string): string =>
  text
    .split('\n')
    .map((line) => (line.length > MAXIMUM_LINE_LENGTH || isComment(path, line) ? '' : line))
    .join('\n');

const LIKELY =
  /(?:^|\/)(?:server|app|main|index|routes?|router|health\w*|api|config|env|settings|worker)\.(?:[cm]?[jt]s|py)$/;
const UNLIKELY =
  /(?:^|\/)(?:node_modules|test|tests|__tests__|spec|e2e|fixtures|examples?|docs?|dist|build|public|vendor|coverage|scripts|bench\w*)\/|\.(?:test|spec|d|config|stories)\.[cm]?[jt]sx?$|\.min\.js$/;

/** Without an entry file: sources with telling names, the shallow ones first. */
function likelySources(folder: Folder): readonly string[] {
  const depth = (path: string) => path.split('/').length;
  return folder.files
    .filter((path) => LIKELY.test(path) && !UNLIKELY.test(path))
    .map((path) => ({ path, depth: depth(path) }))
    .sort((a, b) => a.depth - b.depth || (a.path < b.path ? -1 : 1))
    .slice(0, MAXIMUM_FILES_WITHOUT_ENTRY)
    .map(({ path }) => path);
}
