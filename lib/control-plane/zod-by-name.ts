import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const STRANDS = /[\\/]@strands-agents[\\/]sdk[\\/]dist[\\/].*\.js$/;

/** Alone, or before other names. */
const OBJECT_OF_ALL = /^import \{ z(?:, ([\w, ]+))? \} from 'zod';$/m;

/** Zod as a module, of which only what is named stays, where it is imported as the object `z`, which has all of it. */
export const namedOnly = (source: string): string =>
  source.replace(OBJECT_OF_ALL, (_, others?: string) =>
    ["import * as z from 'zod';", ...(others ? [`import { ${others} } from 'zod';`] : [])].join(' '),
  );

export const zodByName: Plugin = {
  name: 'zod-by-name',
  setup: (build) => {
    build.onLoad({ filter: STRANDS }, async ({ path }) => ({
      contents: namedOnly(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};
