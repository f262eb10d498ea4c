import semver from 'semver';
import type { Command, Evidence, PackageManager } from '../../src/domain/plan.ts';
import type { Folder } from './folder.ts';
import { SURE } from './observation.ts';
import type { PackageJson } from './package-json.ts';

export interface LockFile {
  readonly manager: PackageManager;
  readonly evidence: Evidence;
  /** The first lines of it: its format follows from them. */
  readonly head: string;
}

/** Which package manager the repository uses, and how to call it. */
export interface Toolchain {
  readonly manager: PackageManager;
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  readonly lock: LockFile | null;
  readonly version: {
    readonly value: string;
    readonly confidence: number;
    readonly evidence: Evidence;
  } | null;
  /** A package of a workspace: installed from, and with the programs of, a folder above. */
  readonly member: boolean;
}

const LOCK_FILES: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];
const TRACES: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-workspace.yaml', 'pnpm'],
  ['.pnpmfile.cjs', 'pnpm'],
  ['.yarnrc.yml', 'yarn'],
  ['.yarnrc', 'yarn'],
];

/** `folders`: the application's folder, then the workspace it belongs to, if any. */
export async function toolchainOf(
  folders: readonly Folder[],
  manifests: readonly PackageJson[],
): Promise<Toolchain> {
  const locks = await lockFilesOf(folders);
  const pinned = pinnedManager(manifests);
  const choice = pinned
    ? agreedChoice(pinned, locks)
    : (lockedChoice(locks) ?? tracedChoice(folders, manifests));
  const lock = locks.find((candidate) => candidate.manager === choice.manager) ?? null;
  const version =
    pinned?.version ??
    (await releasedYarn(folders, choice.manager)) ??
    (lock && (await versionFromLock(lock, folders)));
  return { ...choice, lock, version, member: folders.length > 1 };
}

export const runScript = (toolchain: Toolchain, script: string): Command => ({
  kind: 'argv',
  argv: [toolchain.manager, 'run', script],
});

/** A program of an installed package. */
export function runProgram(toolchain: Toolchain, argv: readonly string[]): Command {
  const prefix = { npm: ['npx', '--no-install'], pnpm: ['pnpm', 'exec'], yarn: ['yarn', 'run'] }[
    toolchain.manager
  ];
  return { kind: 'argv', argv: [...prefix, ...argv] };
}

/** Like `runProgram`, for a running release, which has the programs of its own packages in its PATH. */
export const startProgram = (toolchain: Toolchain, argv: readonly string[]): Command =>
  toolchain.member ? runProgram(toolchain, argv) : { kind: 'argv', argv };

export function installCommand({ manager, lock, version }: Toolchain): Command {
  const argv = {
    npm: lock ? ['npm', 'ci'] : ['npm', 'install'],
    pnpm: ['pnpm', 'install', ...(lock ? ['--frozen-lockfile'] : [])],
    yarn: [
      'yarn',
      'install',
      ...(lock ? [isBerry(lock, version?.value) ? '--immutable' : '--frozen-lockfile'] : []),
    ],
  }[manager];
  return { kind: 'argv', argv };
}

type Choice = Pick<Toolchain, 'manager' | 'confidence' | 'evidence'>;
type Pinned = Choice & Pick<Toolchain, 'version'>;

async function lockFilesOf(folders: readonly Folder[]): Promise<readonly LockFile[]> {
  const HEAD_BYTES = 1024;
  for (const folder of folders) {
    const present = LOCK_FILES.filter(([name]) => folder.has(name));
    if (present.length === 0) continue;
    return Promise.all(
      present.map(async ([name, manager]) => ({
        manager,
        evidence: folder.evidence(name, `lock file of ${manager}`),
        head: (await folder.read(name, HEAD_BYTES)) ?? '',
      })),
    );
  }
  return [];
}

function pinnedManager(manifests: readonly PackageJson[]): Pinned | undefined {
  for (const manifest of manifests) {
    const [, name, version] = /^(npm|pnpm|yarn)@([^+\s]{1,40})/.exec(manifest.packageManager ?? '') ?? [];
    if (name !== 'npm' && name !== 'pnpm' && name !== 'yarn') continue;
    const evidence = manifest.evidenceOf(null, 'packageManager', `packageManager: ${name}@${version}`);
    const exact = semver.valid(version);
    return {
      manager: name,
      confidence: SURE.stated,
      evidence: [evidence],
      version: exact === null ? null : { value: exact, confidence: SURE.stated, evidence },
    };
  }
  return undefined;
}

function agreedChoice(pinned: Pinned, locks: readonly LockFile[]): Choice {
  const agrees = locks.length === 0 || locks.some((lock) => lock.manager === pinned.manager);
  const others = locks.map((lock) => lock.evidence);
  return {
    ...pinned,
    evidence: [...pinned.evidence, ...others],
    confidence: agrees ? SURE.stated : SURE.guess,
  };
}

function lockedChoice(locks: readonly LockFile[]): Choice | undefined {
  const [first, ...others] = locks;
  if (!first) return undefined;
  const undisputed = others.every((lock) => lock.manager === first.manager);
  return {
    manager: first.manager,
    confidence: undisputed ? SURE.stated : SURE.guess,
    evidence: locks.map((lock) => lock.evidence),
  };
}

function tracedChoice(folders: readonly Folder[], manifests: readonly PackageJson[]): Choice {
  for (const manifest of manifests) {
    for (const manager of ['pnpm', 'yarn'] as const) {
      if (manifest.entry('engines', manager) === undefined) continue;
      const evidence = manifest.evidenceOf('engines', manager, `engines asks for ${manager}`);
      return { manager, confidence: SURE.likely, evidence: [evidence] };
    }
  }
  for (const folder of folders) {
    const trace = TRACES.find(([name]) => folder.has(name));
    if (trace)
      return {
        manager: trace[1],
        confidence: SURE.likely,
        evidence: [folder.evidence(trace[0], `a file of ${trace[1]}`)],
      };
  }
  return withoutTrace(folders);
}

function withoutTrace(folders: readonly Folder[]): Choice {
  const bun = folders.flatMap((folder) =>
    ['bun.lock', 'bun.lockb']
      .filter((name) => folder.has(name))
      .map((name) =>
        folder.evidence(name, 'lock file of Bun, which HiveMind does not have: npm installs instead'),
      ),
  );
  if (bun.length > 0) return { manager: 'npm', confidence: SURE.guess, evidence: bun };
  const evidence = folders
    .slice(0, 1)
    .map((folder) => folder.evidence('package.json', 'default: npm, there is no lock file'));
  return { manager: 'npm', confidence: SURE.clear, evidence };
}

async function releasedYarn(
  folders: readonly Folder[],
  manager: PackageManager,
): Promise<Toolchain['version']> {
  if (manager !== 'yarn') return null;
  for (const folder of folders) {
    const text = await folder.read('.yarnrc.yml');
    const [, version] =
      /^yarnPath:[^\n]{0,80}\/yarn-(\d{1,3}\.\d{1,3}\.\d{1,3})\.c?js/m.exec(text ?? '') ?? [];
    if (version !== undefined) {
      return {
        value: version,
        confidence: SURE.stated,
        evidence: folder.evidence('.yarnrc.yml', `yarnPath names ${version}`),
      };
    }
  }
  return null;
}

/** Versions of the lock format and a major version of the manager that reads it. Sources: pnpm and Yarn changelogs. */
const PNPM_OF_LOCK: ReadonlyMap<string, string> = new Map([
  ['9.0', '9'],
  ['6.1', '8'],
  ['6.0', '8'],
  ['5.4', '7'],
  ['5.3', '6'],
]);
const YARN_OF_LOCK: ReadonlyMap<string, string> = new Map([
  ['8', '4'],
  ['6', '3'],
  ['4', '2'],
]);

/** A lock file of another major version is refused or rewritten, so its format decides the major version. */
async function versionFromLock(lock: LockFile, folders: readonly Folder[]): Promise<Toolchain['version']> {
  if (lock.manager === 'pnpm') {
    const format = /^lockfileVersion: {0,4}['"]?(\d{1,2}\.\d{1,2})/m.exec(lock.head)?.[1] ?? '';
    const major = (await hasSettingsOfPnpm10(folders)) ? '10' : PNPM_OF_LOCK.get(format);
    return major === undefined ? null : fromFormat(major, `version ${format}`, lock);
  }
  if (lock.manager === 'npm') return null;
  if (/^# yarn lockfile v1$/m.test(lock.head)) return fromFormat('1', 'v1', lock);
  const format = /^__metadata:\n {1,8}version: {0,4}['"]?(\d{1,2})/m.exec(lock.head)?.[1] ?? '';
  const major = YARN_OF_LOCK.get(format);
  return major === undefined ? null : fromFormat(major, `version ${format}`, lock);
}

/** pnpm 9 refuses a `pnpm-workspace.yaml` without packages; pnpm 10, of the same lock format, keeps settings in it. */
async function hasSettingsOfPnpm10(folders: readonly Folder[]): Promise<boolean> {
  const texts = await Promise.all(folders.map((folder) => folder.read('pnpm-workspace.yaml')));
  return texts.some((text) => text !== undefined && !/^packages:/m.test(text));
}

const fromFormat = (
  value: string,
  format: string,
  { manager, evidence }: LockFile,
): Toolchain['version'] => ({
  value,
  confidence: SURE.likely,
  evidence: { ...evidence, note: `lock file ${format}, as ${manager} ${value} writes it` },
});

function isBerry(lock: LockFile, version: string | undefined): boolean {
  if (version !== undefined) return Number.parseInt(version, 10) >= 2;
  return lock.head.includes('__metadata:');
}
