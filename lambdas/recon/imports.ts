import { posix } from 'node:path';
import type { Folder } from './folder.ts';
import { resolveModule } from './module-path.ts';

/** One import statement or call. */
export interface Import {
  /** What it is called in the importing file. */
  readonly names: readonly string[];
  readonly specifier: string;
  /** Certainly a file of this repository. */
  readonly local: boolean;
}

const IMPORT =
  /(?:\b(?:import|export) {1,4}(?:type )?(?<clause>(?:[\w$]{1,60}\s{0,4},?\s{0,4})?(?:\{[^{};]{0,600}\}|\*(?: {1,4}as {1,4}[\w$]{1,60})?)?)\s{0,20}\bfrom {0,4}|\bimport {0,4}|(?:\b(?:const|let|var) {1,4}(?<names>[\w$]{1,60}|\{[\w$,:\s]{1,300}\}) {0,4}= {0,4})?(?:await {1,4})?\b(?:require|import) {0,4}\( {0,4})['"](?<specifier>[^'"\n]{1,200})['"]/g;
const PYTHON_IMPORT =
  /^[ \t]{0,40}(?:from {1,4}(?<from>\.{0,3}[\w.]{0,100}) {1,4}import {1,4}(?<names>[\w, ]{1,200})|import {1,4}(?<modules>[\w., ]{1,200}))/gm;

/** Imports of a JavaScript, TypeScript or Python file. */
export function importsIn(text: string, path: string): readonly Import[] {
  if (path.endsWith('.py')) return [...text.matchAll(PYTHON_IMPORT)].flatMap(pythonImports);
  return [...text.matchAll(IMPORT)].map(({ groups }) => {
    const specifier = groups?.['specifier'] ?? '';
    const names = (groups?.['clause'] ?? groups?.['names'] ?? '').match(/[\w$]+/g) ?? [];
    return { names, specifier, local: /^(?:\.|[@~#]\/|#)/.test(specifier) };
  });
}

function pythonImports({ groups }: RegExpExecArray): readonly Import[] {
  const toSpecifier = (module: string) => {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const up = dots === 0 ? '' : dots === 1 ? './' : '../'.repeat(dots - 1);
    return `${up}${module.slice(dots).replaceAll('.', '/')}` || '.';
  };
  const from = groups?.['from'];
  const modules = from === undefined ? (groups?.['modules'] ?? '').split(',') : [from];
  const names = (groups?.['names'] ?? '').split(',').map((name) => name.trim());
  const plain = modules.map((module) => module.trim().split(' ')[0] ?? '');
  const submodules =
    from === undefined ? [] : names.map((name) => `${from}${from.endsWith('.') ? '' : '.'}${name}`);
  return [...plain, ...submodules].map((module) => ({
    names: [],
    specifier: toSpecifier(module),
    local: false,
  }));
}

/** The file in the folder that an import means; undefined for packages and built-in modules. */
export function resolveImport(folder: Folder, importer: string, specifier: string): string | undefined {
  const directory = posix.dirname(importer);
  if (specifier.startsWith('.') || importer.endsWith('.py')) {
    const near = resolveModule(folder, posix.join(directory, specifier));
    return near ?? (importer.endsWith('.py') ? resolveModule(folder, specifier) : undefined);
  }
  const [, alias] = /^(?:[@~]\/|#)(.+)$/.exec(specifier) ?? [];
  if (alias === undefined) return undefined;
  return (
    resolveModule(folder, `src/${alias}`) ??
    resolveModule(folder, alias) ??
    resolveModule(folder, `app/${alias}`)
  );
}
