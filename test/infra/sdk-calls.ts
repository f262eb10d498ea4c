import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS, entryOf } from '../../lib/control-plane/bundles.ts';
import type { FunctionName } from '../../lib/control-plane/functions.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A call that the code of a function makes: package of the SDK and command. */
export interface SdkCall {
  readonly package: string;
  readonly command: string;
  /** Where it is made. */
  readonly file: string;
}

/**
 * The calls to AWS that are in the bundle of a function: what tree shaking leaves of our own files. A call is always written
 * `new XxxCommand(`; helpers of the SDK that make calls of their own are not used, or the calls would not be seen.
 */
export const sdkCallsOf = async (name: FunctionName): Promise<readonly SdkCall[]> =>
  (await ownCodeOf(name)).flatMap(({ file, text }) => callsIn(file, text));

/** The calls to AWS that these files and what they import make. */
export async function sdkCallsFrom(files: readonly string[]): Promise<readonly SdkCall[]> {
  const { outputFiles = [] } = await build({
    ...BUNDLE_OPTIONS,
    plugins: [],
    alias: {},
    packages: 'external',
    minify: false,
    write: false,
    entryPoints: [...files],
    outdir: 'bundle',
  });
  const sections = outputFiles.flatMap(({ text }) => ownSections(text));
  return sections.flatMap(({ file, text }) => callsIn(file, text));
}

/** What the code of a function asks its environment for, of the facts about the control plane. */
export async function factsAskedBy(name: FunctionName): Promise<readonly string[]> {
  const code = (await ownCodeOf(name)).map(({ text }) => text);
  const lists = code.flatMap((text) => [...text.matchAll(/controlPlaneFacts\([^[\]]*\[([^\]]*)\]/g)]);
  return [
    ...new Set(lists.flatMap(([, list = '']) => [...list.matchAll(/"(\w+)"/g)].map(([, fact = '']) => fact))),
  ];
}

const ownCode = new Map<FunctionName, readonly Section[]>();

interface Section {
  readonly file: string;
  readonly text: string;
}

async function ownCodeOf(name: FunctionName): Promise<readonly Section[]> {
  const found = ownCode.get(name) ?? (await bundleOf(name)).flatMap(ownSections);
  ownCode.set(name, found);
  return found;
}

/** Each file of it. */
async function bundleOf(name: FunctionName): Promise<readonly string[]> {
  const { outputFiles = [] } = await build({
    ...BUNDLE_OPTIONS,
    minify: false,
    write: false,
    entryPoints: [entryOf(name)],
    outdir: 'bundle',
  });
  return outputFiles.map(({ text }) => text);
}

/** esbuild writes the path of each module before what it keeps of it. */
function ownSections(bundle: string): readonly Section[] {
  return bundle
    .split(/^\/\/ (?=[\w@.]+\/)/m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      return { file: section.slice(0, end), text: section.slice(end) };
    })
    .filter(({ file }) => /^(src|lambdas|apps)\//.test(file));
}

function callsIn(file: string, text: string): readonly SdkCall[] {
  const hidden = /\b(paginate|waitUntil|waitFor)[A-Z]\w*\(\{ client/.exec(text);
  if (hidden)
    throw new Error(`${file}: ${hidden[0]} makes calls that nobody sees: write \`new XxxCommand(\``);
  const packages = importsOf(file);
  return [...text.matchAll(/new (\w+?Command)\d*\(/g)].map(([, command = '']) => {
    const from = packages.get(command);
    if (from === undefined) throw new Error(`${file}: ${command} is imported from nowhere`);
    return { package: from, command, file };
  });
}

/** Name → package, of what a file imports from the SDK. */
function importsOf(file: string): ReadonlyMap<string, string> {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const imports = [...source.matchAll(/import\s*\{([^}]*)\}\s*from '@aws-sdk\/([\w-]+)'/g)];
  return new Map(
    imports.flatMap(([, names = '', from = '']) =>
      names.split(',').map((name) => [name.replace(/^\s*type\s+/, '').trim(), from] as const),
    ),
  );
}
