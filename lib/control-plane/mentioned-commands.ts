import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { mentionedWords } from './mentioned-words.ts';

const CLIENT_INDEX = /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/](commands[\\/])?index\.js$/;

/** Clients that packages ask as well, with commands that are not mentioned in our code. */
const ASKED_BY_OTHERS = /[\\/]client-(dynamodb|bedrock[\w-]*)[\\/]/;

const REEXPORT = /^export \* from "\.\/(\w+)";\n/gm;

/** They make calls that nobody sees. */
const HELPERS = ['pagination', 'waiters'];

/**
 * The index of a client, or of its commands, without what nobody mentions. It would be left out anyhow, but only after thousands of
 * files were read, which took longer than all else that makes a bundle. What somebody imports nevertheless fails the build.
 */
export const withoutUnmentioned = (index: string, mentioned: ReadonlySet<string>): string => {
  const isWhole = (name: string) => index.includes(`"./${name}Client"`);
  return index.replace(REEXPORT, (line, name: string) => {
    if (name.endsWith('Command')) return mentioned.has(name) ? line : '';
    return isWhole(name) || HELPERS.includes(name) ? '' : line;
  });
};

export const mentionedCommands: Plugin = {
  name: 'mentioned-commands',
  setup: (build) => {
    build.onLoad({ filter: CLIENT_INDEX }, async ({ path }) => {
      if (ASKED_BY_OTHERS.test(path)) return undefined;
      const index = await readFile(path, 'utf8');
      return { contents: withoutUnmentioned(index, await mentionedWords()), loader: 'js' };
    });
  },
};
