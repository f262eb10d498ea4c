/**
 * Bundles the programs that run elsewhere into one file each, `dist/programs/<name>.mjs`: `node bin/bundle-programs.ts [NAME...]
 * [--folder FOLDER]`. `instance` travels with every artifact, `build-runner` runs in the builds.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

export const PROGRAMS = ['instance', 'build-runner'] as const;
export type Program = (typeof PROGRAMS)[number];

const repository = new URL('../', import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(name, repository));

/** CommonJS packages ask for Node's own modules with `require`, which a module does not have. */
const REQUIRE = `import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);`;

/** Writes the bundle and returns where. @param folder @default dist/programs */
export async function bundleProgram(program: Program, folder = path('dist/programs')): Promise<string> {
  const outfile = `${folder}/${program}.mjs`;
  await build({
    entryPoints: [path(`apps/${program}/main.ts`)],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: TARGETS[program],
    // The same files everywhere, so that equal sources are equal programs.
    absWorkingDir: path('.'),
    legalComments: 'none',
    banner: { js: REQUIRE },
    // Modules that are programs by themselves are parts of this one here.
    define: { 'import.meta.main': 'false' },
    external: ['pg-native'],
    logLevel: 'warning',
  });
  return outfile;
}

/** The instance program runs on the Node that the application asked for, the build program on the one of the build image. */
const TARGETS: Readonly<Record<Program, string>> = { instance: 'node18', 'build-runner': 'node24' };

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { folder: { type: 'string' } },
    allowPositionals: true,
  });
  const chosen = PROGRAMS.filter((program) => positionals.length === 0 || positionals.includes(program));
  for (const program of chosen) console.log(await bundleProgram(program, values.folder));
}

if (import.meta.main) await main(process.argv.slice(2));
