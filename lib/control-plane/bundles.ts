import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { englishOnly } from './english-only.ts';
import { environmentCredentials } from './environment-credentials.ts';
import { FUNCTION_NAMES, type FunctionName } from './functions.ts';
import { lambdaTracing } from './lambda-tracing.ts';
import { mentionedCommands } from './mentioned-commands.ts';
import { packageVersions } from './package-versions.ts';
import { requiredBuiltins } from './required-builtins.ts';
import { serviceSchemas } from './service-schemas.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where the code of a function begins, by path: this folder imports nothing that runs in a function. */
export const entryOf = (name: FunctionName): string => join(ROOT, 'lambdas', name, 'handler.ts');

/**
 * A folder for each function with all it needs, the SDK too: what runs is what was tested, whatever the managed runtime brings
 * along. What is imported with `await import()` is a file of its own, which a call reads that comes there.
 */
export const BUNDLE_OPTIONS: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  chunkNames: '[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  mainFields: ['module', 'main'],
  minify: true,
  treeShaking: true,
  legalComments: 'none',
  sourcemap: false,
  // For Node it offers CommonJS only, of which nothing can be left out; this is the same code as a module.
  alias: { 'isomorphic-git': fileURLToPath(new URL('index.js', import.meta.resolve('isomorphic-git'))) },
  // Only in browsers the SDK asks which browser it is.
  external: ['bowser'],
  logLevel: 'error',
  plugins: [
    environmentCredentials,
    mentionedCommands,
    serviceSchemas,
    packageVersions,
    englishOnly,
    lambdaTracing,
    requiredBuiltins,
  ],
  // Packages in CommonJS ask for core modules with `require`, which a module does not have.
  banner: {
    js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);",
  },
};

/** Each by itself: in one run, what two functions share would be a file of its own, and there would be a hundred. */
export async function bundleFunctions(outdir: string): Promise<void> {
  collectGarbageSeldom();
  const bundle = (name: FunctionName) =>
    build({
      ...BUNDLE_OPTIONS,
      entryPoints: [{ in: entryOf(name), out: 'index' }],
      outdir: join(outdir, name),
    });
  await Promise.all(FUNCTION_NAMES.map(bundle));
}

/**
 * The process of esbuild, which begins with the first bundle, collects garbage each time its memory has doubled: a third of its work. All
 * functions together make 2.1 GB of objects; with this it holds 2.0 GB of them at most, without it 1.7 GB.
 */
function collectGarbageSeldom(): void {
  process.env['GOGC'] ??= '1000';
}

/** A folder for each function, with its bundle; it may go as soon as the app is synthesized. */
export interface Bundles {
  folderOf(name: FunctionName): string;
  remove(): Promise<void>;
}

export async function makeBundles(
  bundle: (outdir: string) => Promise<void> = bundleFunctions,
): Promise<Bundles> {
  const outdir = await mkdtemp(join(tmpdir(), 'hivemind-bundles-'));
  await bundle(outdir);
  return {
    folderOf: (name) => join(outdir, name),
    remove: () => rm(outdir, { recursive: true, force: true }),
  };
}
