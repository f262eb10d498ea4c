import type { Command, PackageManager, Plan } from '../../../src/domain/plan.ts';
import type { Ailment } from './proposal.ts';
import type { RepositoryFacts } from './repository-facts.ts';

/** Names and paths of a repository that are one word to every shell, and no option of a program. */
const SCRIPT_NAME = /^[A-Za-z0-9_][\w:.-]{0,79}$/;
const FILE_PATH = /^(?!.{0,300}\.\.)[\w@][\w@.+-]{0,99}(?:\/[\w@.+-]{1,100}){0,12}$/;

export const isScriptName = (name: string): boolean => SCRIPT_NAME.test(name);
export const isPlainPath = (path: string): boolean => FILE_PATH.test(path);

/** Of the plan; of the lock file, when the analysis came to nothing; null for an application without a `package.json`. */
export function packageManagerOf({ plan, repository }: Ailment): PackageManager | null {
  if (plan !== null) return plan.packageManager.value;
  const files = repository?.files ?? [];
  if (!files.includes('package.json')) return null;
  if (files.includes('pnpm-lock.yaml')) return 'pnpm';
  return files.includes('yarn.lock') ? 'yarn' : 'npm';
}

/** Scripts that can be named in a command. */
export const scriptsOf = ({ scripts }: RepositoryFacts): readonly string[] =>
  Object.keys(scripts).filter(isScriptName);

export const runScript = (manager: PackageManager, script: string): string => `${manager} run ${script}`;

/** The script that a command runs; undefined for any other command. */
export function scriptOf(command: Command | null): string | undefined {
  if (command?.kind !== 'argv') return undefined;
  const [program, first, second, ...more] = command.argv;
  if (program !== 'npm' && program !== 'pnpm' && program !== 'yarn') return undefined;
  if (first === 'run') return more.length === 0 ? second : undefined;
  return first === 'start' && second === undefined ? first : undefined;
}

const PROGRAM_PREFIX = { npm: 'npx --no-install', pnpm: 'pnpm exec', yarn: 'yarn run' } as const;

/** A program of an installed package, with words of ours. */
export const runProgram = (manager: PackageManager, words: string): string =>
  `${PROGRAM_PREFIX[manager]} ${words}`;

/** The first process, which the start command starts. */
export const mainCommand = (plan: Plan | null): Command | null => plan?.processes.value[0]?.command ?? null;
