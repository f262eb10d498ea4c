import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { environmentCredentials } from './environment-credentials.ts';
import { FUNCTION_NAMES, type FunctionName } from './functions.ts';
import { literalSchemaKeys } from './literal-schema-keys.ts';
import { requiredBuiltins } from './required-builtins.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where the code of a function begins, by path: this folder imports nothing that runs in a function. */
export const entryOf = (name: FunctionName): string => join(ROOT, 'lambdas', name, 'handler.ts');

/**
 * One file for each function with all it needs, the SDK too: what runs is what was tested, whatever the managed runtime
 * brings along.
 */
export const BUNDLE_OPTIONS: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  mainFields: ['module', 'main'],
  minify: true,
  treeShaking: true,
  legalComments: 'none',
  sourcemap: false,
  // For Node it offers CommonJS only, of which nothing can be left out; this is the same code as a module.
  alias: { 'isomorphic-git': fileURLToPath(new URL('index.js', import.meta.resolve('isomorphic-git'))) },
  logLevel: 'error',
  plugins: [environmentCredentials, literalSchemaKeys, requiredBuiltins],
  // Packages in CommonJS ask for core modules with `require`, which a module does not have.
  banner: {
    js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);",
  },
};

/** Bundles every function in one run of esbuild, which takes a second; ten runs of it took ten. */
export async function bundleFunctions(outdir: string): Promise<void> {
  await build({
    ...BUNDLE_OPTIONS,
    entryPoints: FUNCTION_NAMES.map((name) => ({ in: entryOf(name), out: `${name}/index` })),
    outdir,
  });
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
