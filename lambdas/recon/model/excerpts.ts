import type { UntrustedText } from '../../../src/ports/language-model.ts';
import { shownBeginning } from '../../../src/stages/shown-text.ts';
import type { DetectorContext } from '../detector-context.ts';
import type { Folder } from '../folder.ts';
import type { SourceFile } from '../source-scan.ts';
import { holdsSecrets } from './reading-tool.ts';

/** Files that say how an application is run. */
const TELLING_FILES = [
  'README.md',
  'readme.md',
  'README',
  'README.txt',
  'package.json',
  'Procfile',
  'Dockerfile',
  'compose.yaml',
  'compose.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
  '.env.example',
  'app.json',
];
const FILE_CHARACTERS = 8_000;
const CODE_FILES = 12;
const CODE_CHARACTERS = 4_000;
/** Where code speaks of its configuration, its port, its routes and its database. */
const TELLING_CODE =
  /process\.env|environ|getenv|\.listen\(|createServer|\.(?:get|use|route|register)\( {0,4}['"`]\/|DATABASE|health|migrat/i;
const LINES_AROUND = 2;

interface Excerpt {
  readonly file: string;
  readonly text: string;
}

/** What a model is shown of a repository: bounded, and never a file that is there to hold secrets. Also names of files are data. */
export async function excerptsOf({ folder, entry }: DetectorContext): Promise<readonly UntrustedText[]> {
  const files = await Promise.all(TELLING_FILES.map((path) => tellingFile(folder, path)));
  const code = entry.scan.files.slice(0, CODE_FILES).map((source) => codeExcerpt(folder, source));
  return [...files.flat(), ...code]
    .filter(({ file, text }) => text !== '' && !holdsSecrets(file))
    .map(({ file, text }, index) => ({ name: `file ${index + 1}`, text: `path: ${file}\n${text}` }));
}

/** Of the application's folder, and of the repository's root where that has none. */
async function tellingFile(folder: Folder, path: string): Promise<readonly Excerpt[]> {
  const inFolder = folder.has(path);
  const text = inFolder ? await folder.read(path) : await folder.repository.read(path);
  if (text === undefined) return [];
  return [{ file: inFolder ? folder.locate(path) : path, text: shownBeginning(text, FILE_CHARACTERS) }];
}

/** The telling lines of a source file. */
function codeExcerpt(folder: Folder, { path, text }: SourceFile): Excerpt {
  const lines = text.split('\n');
  const telling = new Set(
    lines.flatMap((line, index) =>
      TELLING_CODE.test(line)
        ? Array.from({ length: 2 * LINES_AROUND + 1 }, (_, offset) => index - LINES_AROUND + offset)
        : [],
    ),
  );
  const shown = lines.filter((line, index) => telling.has(index) && line.trim() !== '').join('\n');
  return { file: folder.locate(path), text: shownBeginning(shown, CODE_CHARACTERS) };
}
