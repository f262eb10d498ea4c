import type { Evidence } from '../../src/domain/plan.ts';
import { type Folder, lineAt } from './folder.ts';

/** The text of a tool's configuration, which is code: only literal settings in it can be known. */
export class ConfigFile {
  readonly #folder: Folder;
  readonly #path: string;
  readonly #text: string;

  constructor(folder: Folder, path: string, text: string) {
    this.#folder = folder;
    this.#path = path;
    this.#text = text;
  }

  /** What the first group of a pattern matched, with its place. */
  setting(pattern: RegExp): { readonly value: string; readonly evidence: Evidence } | undefined {
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    const note = match[0].replace(/\s+/g, ' ');
    return {
      value: match[1] ?? match[0],
      evidence: this.#folder.evidence(this.#path, note, lineAt(this.#text, match.index)),
    };
  }
}

/** `name.config.js` and its variants; an empty file when there is none. */
export async function readConfig(folder: Folder, stem: string): Promise<ConfigFile> {
  const path =
    folder.firstOf(['.ts', '.mts', '.js', '.mjs', '.cjs', ''].map((extension) => stem + extension)) ?? stem;
  return new ConfigFile(folder, path, (await folder.read(path)) ?? '');
}
