import { posix } from 'node:path';
import { fixAction, inForce } from './fix-action.ts';
import { isPlainPath } from './package-commands.ts';
import type { Remedy } from './proposal.ts';

const MANIFESTS = ['package.json', 'requirements.txt', 'pyproject.toml', 'manage.py', 'Procfile'];
const NOT_THE_APPLICATION =
  /(?:^|\/)(?:node_modules|vendor|tests?|__tests__|e2e|examples?|samples?|fixtures|templates?|docs|\.[\w-]+)(?:\/|$)/;
const DEEPEST = 4;

/** The one folder that an application can be in; where there are several, somebody has to say which. */
export const setRootDirectory: Remedy = (ailment) => {
  const present = inForce(ailment, 'root') ?? '.';
  const folders = new Set(
    (ailment.repository?.files ?? [])
      .filter((file) => MANIFESTS.includes(posix.basename(file)))
      .map((file) => posix.dirname(file))
      .filter((folder) => folder === '.' || (isPlainPath(folder) && folder.split('/').length <= DEEPEST))
      .filter((folder) => !NOT_THE_APPLICATION.test(folder)),
  );
  const [folder, ...others] = [...folders].filter((candidate) => candidate !== present);
  if (folder === undefined || others.length > 0 || folders.has(present)) return [];
  return [
    fixAction(ailment, 'set_root_directory', {
      does: `build and run the application in the folder ${folder}`,
      parameters: { directory: folder },
      change: { plan: { root: folder } },
    }),
  ];
};
