import type { FixAction } from '../../../src/domain/fix.ts';
import type { PackageManager } from '../../../src/domain/plan.ts';
import { fixAction } from './fix-action.ts';
import { packageManagerOf } from './package-commands.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { pauseOf } from './retry.ts';
import { textIn } from './untrusted.ts';

/** Options that one fix may have set and the next one must not lose. */
const KEPT_OPTIONS = [
  '--legacy-peer-deps',
  '--include=dev',
  '--no-package-lock',
  '--no-frozen-lockfile',
  '--no-immutable',
  '--prod=false',
  '--production=false',
  '--config.strict-peer-dependencies=false',
];

interface Install {
  readonly manager: PackageManager;
  /** `npm ci` is the frozen `npm install`; the others have options for that. */
  readonly verb: 'install' | 'ci';
  readonly options: readonly string[];
  /** Yarn 2 and later, which know other options. */
  readonly isBerry: boolean;
}

/** How the plan installs; undefined when it does not, or with a command of the operator's own. */
function installOf(ailment: Ailment): Install | undefined {
  const manager = packageManagerOf(ailment);
  const command = ailment.plan?.install.value;
  if (manager === null || command?.kind !== 'argv') return undefined;
  const [program, verb, ...options] = command.argv;
  if (program !== manager || (verb !== 'install' && verb !== 'ci')) return undefined;
  const version = ailment.plan?.packageManagerVersion.value ?? '';
  const isBerry =
    manager === 'yarn' &&
    (options.some((option) => option.endsWith('immutable')) || Number.parseInt(version, 10) >= 2);
  return { manager, verb, options, isBerry };
}

const FROZEN = ['--frozen-lockfile', '--immutable'];

const commandFor = ({ manager, verb, options }: Install, ...added: readonly string[]): string =>
  [
    manager,
    verb,
    ...options.filter((option) => KEPT_OPTIONS.includes(option) || FROZEN.includes(option)),
    ...added,
  ]
    .filter((word, index, all) => all.indexOf(word) === index)
    .join(' ');

/** The same without the lock file's word being the last. */
function thawed(install: Install, ...added: readonly string[]): string {
  const options = install.options.filter((option) => !FROZEN.includes(option));
  return commandFor({ ...install, verb: 'install', options }, ...added);
}

/** Peer dependencies that contradict each other, which older versions of the package managers did not look at. */
export const changeInstallCommand: Remedy = (ailment) => {
  const install = installOf(ailment);
  if (!install || install.manager === 'yarn') return [];
  const option = {
    npm: '--legacy-peer-deps',
    pnpm: '--config.strict-peer-dependencies=false',
  }[install.manager];
  return [installing(ailment, 'change_install_command', commandFor(install, option))];
};

/** A lock file that lacks the packages of this platform only goes when it is left out. */
export const useNonFrozenInstall: Remedy = (ailment) => {
  const install = installOf(ailment);
  if (!install) return [];
  const lacksPlatform = textIn(ailment.diagnosis.parameters, 'missing') !== undefined;
  const [withLock, withoutLock] = looseInstalls(install);
  const commands = lacksPlatform ? [withoutLock, withLock] : [withLock, withoutLock];
  return [...new Set(commands)].map((command) => installing(ailment, 'use_non_frozen_install', command));
};

function looseInstalls(install: Install): readonly [withLock: string, withoutLock: string] {
  switch (install.manager) {
    case 'npm':
      return [thawed(install), thawed(install, '--no-package-lock')];
    case 'pnpm':
      return [thawed(install, '--no-frozen-lockfile'), thawed(install, '--no-frozen-lockfile')];
    case 'yarn':
      return install.isBerry
        ? [thawed(install, '--no-immutable'), thawed(install, '--no-immutable')]
        : [thawed(install), thawed(install, '--no-lockfile')];
  }
}

/** Settings of the repository can leave out what its build needs. Where nothing is declared for development, nothing is missing. */
export const includeDevDependencies: Remedy = (ailment) => {
  const install = installOf(ailment);
  if (!install || install.isBerry || ailment.repository?.devDependencies.length === 0) return [];
  const option = { npm: '--include=dev', pnpm: '--prod=false', yarn: '--production=false' }[install.manager];
  return [installing(ailment, 'include_dev_dependencies', commandFor(install, option))];
};

/** A build whose downloads were damaged leaves its cache behind: the next one fetches all of them again. */
export const clearBuildCache: Remedy = (ailment) => [
  fixAction(ailment, 'clear_build_cache', {
    does: 'drop the downloaded packages of this application and fetch them again',
    pauseSeconds: pauseOf(ailment),
  }),
];

const installing = (
  ailment: Ailment,
  action: 'change_install_command' | 'use_non_frozen_install' | 'include_dev_dependencies',
  command: string,
): FixAction =>
  fixAction(ailment, action, {
    does: `install the dependencies with \`${command}\``,
    parameters: { command },
    change: { plan: { install: command } },
  });
