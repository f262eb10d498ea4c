import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** All that calls AWS and handles its answers: nothing of the SDK goes further. */
const FOLDERS = ['src/adapters/aws', 'lambdas'].map((folder) =>
  fileURLToPath(new URL(`../../${folder}/`, import.meta.url)),
);

const readWords = async (): Promise<ReadonlySet<string>> => {
  const words = new Set<string>();
  for (const folder of FOLDERS) {
    for await (const file of glob('**/*.ts', { cwd: folder })) {
      const text = await readFile(join(folder, file), 'utf8');
      for (const [word] of text.matchAll(/\b[A-Z]\w+/g)) words.add(word);
    }
  }
  return words;
};

let words: Promise<ReadonlySet<string>> | undefined;

/** Words with a capital letter in the code that has to do with AWS: names of commands and of errors are among them. */
export function mentionedWords(): Promise<ReadonlySet<string>> {
  words ??= readWords();
  return words;
}
