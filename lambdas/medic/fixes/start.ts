import { posix } from 'node:path';
import { commandText } from '../../../src/domain/wording.ts';
import { entriesOf } from './entry-candidates.ts';
import { fixAction, inForce } from './fix-action.ts';
import { mainCommand, packageManagerOf, runScript, scriptsOf } from './package-commands.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { filesIn } from './repository-facts.ts';

/** Names of scripts that start an application in production, the most telling first. */
const START_SCRIPTS = [
  'start:prod',
  'start:production',
  'prod',
  'serve:prod',
  'start',
  'start:server',
  'server',
  'serve',
];
const FOR_DEVELOPMENT =
  /\b(?:nodemon|ts-node-dev|tsnd|node-dev|webpack-dev-server|concurrently)\b|--watch\b|\b(?:next|nuxt|astro|vite) dev\b|^vite$/;
const MOST_PROPOSED = 4;
const ENTRY = /(?:^|\s)((?:\.\/)?[\w@][\w@./-]{0,200}\.(?:[cm]?js|py))(?=$|\s)/;

/** A start of something that is not there: another script that starts, or a file that is there or that the build makes. */
export const changeStartCommand: Remedy = (ailment) => {
  const { plan, repository } = ailment;
  if (repository === null || mainCommand(plan)?.kind === 'serve') return [];
  const missing = missingEntry(ailment);
  const isPython = plan ? plan.runtime.value === 'python' : !repository.files.includes('package.json');
  const files = filesIn(repository.files, plan?.root.value ?? '.');
  const entries = entriesOf({ files, repository, missing, isPython });
  const commands = [
    ...(isPython ? [] : scriptCommands(ailment, missing)),
    ...entries.map((path) => (isPython ? `python3 -u ${path}` : `node ${path}`)),
  ];
  const present = inForce(ailment, 'start');
  return commands
    .filter((command) => command !== present)
    .slice(0, MOST_PROPOSED)
    .map((command) =>
      fixAction(ailment, 'change_start_command', {
        does: `start the application with \`${command}\``,
        parameters: { command },
        change: { plan: { start: command } },
      }),
    );
};

/** The file that the start command names, as the repository writes it. */
function missingEntry({ plan, repository }: Ailment): string | undefined {
  const command = mainCommand(plan);
  const line = command === null ? (repository?.scripts['start'] ?? '') : commandText(command);
  const entry = ENTRY.exec(line.slice(0, 2_000))?.[1];
  return entry === undefined ? undefined : posix.normalize(entry);
}

function scriptCommands(ailment: Ailment, missing: string | undefined): readonly string[] {
  const manager = packageManagerOf(ailment);
  const { repository, plan } = ailment;
  if (manager === null || repository === null) return [];
  const command = mainCommand(plan);
  const present = command === null ? undefined : commandText(command);
  const names = scriptsOf(repository);
  return START_SCRIPTS.filter((name) => names.includes(name))
    .filter((name) => {
      const line = repository.scripts[name]?.trim() ?? '';
      const isTheSame = line === present || (missing !== undefined && line.includes(missing));
      return line !== '' && !isTheSame && !FOR_DEVELOPMENT.test(line);
    })
    .map((name) => runScript(manager, name));
}
