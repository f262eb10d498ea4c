import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { literalKeys } from './literal-schema-keys.ts';
import { mentionedWords } from './mentioned-words.ts';
import { withoutUnmentionedErrors } from './service-errors.ts';

/** The descriptions of what goes over the wire, one file for a whole service. */
const SCHEMAS = /[\\/]@aws-sdk[\\/].*[\\/]dist-es[\\/].*schemas[\\/].*\.js$/;

/** Of the descriptions of a service, what is used. */
export const serviceSchemas: Plugin = {
  name: 'service-schemas',
  setup: (build) => {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => {
      const [schemas, classes] = await Promise.all([
        readFile(path, 'utf8'),
        readFile(join(dirname(path), '..', 'models', 'errors.js'), 'utf8').catch(noErrors),
      ]);
      const contents = literalKeys(withoutUnmentionedErrors(schemas, classes, await mentionedWords()));
      return { contents, loader: 'js' };
    });
  },
};

/** A service may describe none. */
function noErrors(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
