import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { environmentCredentials } from './environment-credentials.ts';
import { FUNCTION_NAMES, type FunctionName } from './functions.ts';
import { lambdaTracing } from './lambda-tracing.ts';
import { mentionedCommands } from './mentioned-commands.ts';
import { packageVersions } from './package-versions.ts';
import { requiredBuiltins } from './required-builtins.ts';
import { serviceSchemas } from './service-schemas.ts';
import { zodByName } from './zod-by-name.ts';

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
    lambdaTracing,
    requiredBuiltins,
    zodByName,
  ],
  // Packages in CommonJS ask for core modules with `require`, which a module does not have.
  banner: {
    js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);",
  },
};

/**
 * In two steps. The first reads and joins the modules of all functions, each once, and leaves a hundred files that several functions
 * share; the second puts what one function needs of them into the few files of its bundle. A step for each function alone would read
 * the same modules ten times: twice as long for the same bundles.
 */
export async function bundleFunctions(outdir: string): Promise<void> {
  collectGarbageSeldom();
  const shared = join(outdir, 'shared');
  await build({
    ...BUNDLE_OPTIONS,
    entryPoints: FUNCTION_NAMES.map((name) => ({ in: entryOf(name), out: name })),
    outdir: shared,
    // Without comments the second step would not know which calls have no effect, and keep them.
    minify: false,
    banner: {},
  });
  const bundle = (name: FunctionName) =>
    build({
      ...BUNDLE_OPTIONS,
      // Paths from here go into the names of files: with any other folder, each bundle would be a new one.
      absWorkingDir: shared,
      entryPoints: [{ in: `./${name}.mjs`, out: 'index' }],
      outdir: join(outdir, name),
      plugins: [],
    });
  await Promise.all(FUNCTION_NAMES.map(bundle));
}

/**
 * The process of esbuild, which begins with the first bundle, collects garbage each time its memory has doubled: a third of its work.
 * With this it holds 1.1 GB at most, without it 0.7 GB.
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
