import * as z from 'zod';
import { HiveMindError } from '../../../src/domain/errors.ts';
import type { ReadingTool } from '../../../src/ports/language-model.ts';
import { shownBeginning } from '../../../src/stages/shown-text.ts';
import type { Repository } from '../folder.ts';

const MAXIMUM_CHARACTERS = 24 * 1024;
const MOST_FILES = 12;

/** Files that are there to hold secrets, and those that hold them in passing. */
const SECRETS =
  /(?:^|\/)(?:\.env(?!\.(?:example|sample|template|dist)$)[\w.-]*|\.npmrc|\.pypirc|\.netrc|\.dev\.vars|kubeconfig|\.pgpass|\.htpasswd|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519)|credentials(?:\.\w{1,8})?|secrets?\.\w{1,8}|[^/]*\.(?:pem|key|p12|pfx|jks|keystore|tfstate|tfvars|ppk|kdbx))$|(?:^|\/)\.(?:aws|ssh|gnupg|docker|kube)\//i;

export const holdsSecrets = (path: string): boolean => SECRETS.test(path);

const input = z.object({ path: z.string().min(1).max(500) });

/** Reads regular files of one commit by their exact names: no folder above it, no link, nothing else on the machine. */
export function readingTool(repository: Repository): ReadingTool {
  let filesLeft = MOST_FILES;
  return {
    name: 'read_file',
    description: `Reads the beginning of a text file of the repository, by its path from the root. At most ${MOST_FILES} files.`,
    input,
    read: async (given) => {
      const { path } = input.parse(given);
      const known = repository.has(path) && !holdsSecrets(path) && filesLeft > 0;
      const text = known ? await repository.read(path) : undefined;
      if (text === undefined) throw notThere();
      filesLeft -= 1;
      return shownBeginning(text, MAXIMUM_CHARACTERS);
    },
  };
}

const notThere = () =>
  new HiveMindError('InvalidInput', 'there is no such file to read', {
    hint: 'name a text file of the repository by its path from the root',
  });
