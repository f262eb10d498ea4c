import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, posix } from 'node:path';
import { z } from 'zod';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import type { AuditOutcome } from '../../../ports/security-scanner.ts';
import type { SourceTree } from '../../../ports/source-repository.ts';
import type { Home } from '../home.ts';
import { ProcessGroup, scrubbedEnvironment } from '../process-group.ts';
import { readAuditReport } from './audit-report.ts';

const TIMEOUT_SECONDS = 20;
const STOP_GRACE_MILLISECONDS = 500;
const MAX_MANIFEST_BYTES = 1_048_576;
const MAX_LOCK_BYTES = 16_777_216;
const MAX_REPORT_CHARACTERS = 4_194_304;

const NPM_LOCKS = ['package-lock.json', 'npm-shrinkwrap.json'] as const;
const OTHER_LOCKS = ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'] as const;
const PYTHON_MANIFESTS = ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py'] as const;
/** How npm reaches its registry on this machine. */
const NETWORK_VARIABLES =
  /^(?:https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_file|npm_config_(?:registry|cafile|proxy|https_proxy|noproxy|userconfig))$/i;

export interface DependencyAudit {
  readonly home: Home;
  readonly environment: NodeJS.ProcessEnv;
  readonly tree: SourceTree;
  /** Folder of the application: `.` or a relative path. */
  readonly root: string;
  readonly signal: AbortSignal | undefined;
}

const notAudited = (reason: string): AuditOutcome => ({ audited: false, reason });

/**
 * Asks the npm registry for advisories about the locked packages that the application runs with. Only names and versions
 * leave the machine, and nothing of the repository is executed. Development dependencies are left out: they do not run.
 * @throws {HiveMindError} Cancelled, DiskFull
 */
export async function auditDependencies(audit: DependencyAudit): Promise<AuditOutcome> {
  throwIfAborted(audit.signal);
  const manifest = await readManifest(audit);
  if (manifest === undefined) return withoutManifest(audit);
  if (typeof manifest === 'string') return notAudited(manifest);
  const lock = await findLock(audit);
  if ('reason' in lock) return notAudited(lock.reason);
  if (lock.text === undefined && !hasDependencies(manifest)) return { audited: true, findings: [] };
  if (lock.text === undefined) return notAudited('there is no lock file, so the versions are not known');
  return auditInWorkspace(audit, JSON.stringify(manifest), lock.text);
}

const dependencies = z.record(z.string(), z.string()).optional();
/** Fields that decide what is locked; npm is shown no others. */
const manifestShape = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
  peerDependencies: dependencies,
});
type Manifest = z.infer<typeof manifestShape>;

/** The manifest, a reason why it cannot be read, or undefined when there is none. */
async function readManifest({ tree, root }: DependencyAudit): Promise<Manifest | string | undefined> {
  const text = await tree.read(posix.join(root, 'package.json'), MAX_MANIFEST_BYTES);
  if (text === undefined) return undefined;
  const parsed = manifestShape.safeParse(parseJson(text));
  return parsed.success ? parsed.data : 'package.json cannot be read';
}

const hasDependencies = (manifest: Manifest): boolean =>
  Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).length > 0;

function withoutManifest({ tree, root }: DependencyAudit): AuditOutcome {
  const files = new Set(tree.entries.map((entry) => entry.path));
  const python = PYTHON_MANIFESTS.find((name) => files.has(posix.join(root, name)));
  return python === undefined
    ? { audited: true, findings: [] }
    : notAudited(`the packages of ${python} are not audited: only npm lock files are`);
}

/** The lock file of the application: beside its manifest, or in a folder above it when it is part of a workspace. */
async function findLock(
  audit: DependencyAudit,
): Promise<{ readonly reason: string } | { readonly text: string | undefined }> {
  const entries = new Map(audit.tree.entries.map((entry) => [entry.path, entry]));
  for (const folder of foldersUpwards(audit.root)) {
    const inFolder = (name: string) => posix.join(folder, name);
    const npm = NPM_LOCKS.map(inFolder).find((path) => entries.has(path));
    if (npm !== undefined) {
      if ((entries.get(npm)?.bytes ?? 0) > MAX_LOCK_BYTES)
        return { reason: 'the lock file is larger than 16 MiB' };
      return { text: await audit.tree.read(npm, MAX_LOCK_BYTES) };
    }
    const other = OTHER_LOCKS.find((name) => entries.has(inFolder(name)));
    if (other !== undefined) return { reason: `${other} is not audited: only npm lock files are` };
  }
  return { text: undefined };
}

function foldersUpwards(root: string): readonly string[] {
  const parent = posix.dirname(root);
  return root === '.' ? ['.'] : [root, ...foldersUpwards(parent)];
}

async function auditInWorkspace(
  audit: DependencyAudit,
  manifest: string,
  lock: string,
): Promise<AuditOutcome> {
  const folder = await mkdtemp(audit.home.folder('work', 'audit-'));
  try {
    await writeFile(join(folder, 'package.json'), manifest);
    await writeFile(join(folder, 'package-lock.json'), lock);
    const report = await runNpmAudit(audit, folder);
    return report === undefined
      ? notAudited(`npm did not answer within ${TIMEOUT_SECONDS} seconds`)
      : readAuditReport(parseJson(report));
  } catch (error) {
    if (error instanceof HiveMindError && error.code === 'ToolMissing')
      return notAudited('npm is not installed');
    throw asHiveMindError(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What npm printed, or undefined when it took too long. */
async function runNpmAudit(audit: DependencyAudit, folder: string): Promise<string | undefined> {
  let report = '';
  const npm = await ProcessGroup.start({
    home: audit.home,
    argv: npmAudit(audit.home),
    directory: folder,
    environment: npmEnvironment(audit.environment, folder),
    onLine: (line, stream) => {
      if (stream === 'stdout' && report.length < MAX_REPORT_CHARACTERS) report += `${line}\n`;
    },
  });
  const timeout = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
  const ended = AbortSignal.any([timeout, ...(audit.signal ? [audit.signal] : [])]);
  const stop = () => void npm.stop(STOP_GRACE_MILLISECONDS);
  if (ended.aborted) stop();
  ended.addEventListener('abort', stop);
  await npm.exited;
  ended.removeEventListener('abort', stop);
  throwIfAborted(audit.signal);
  return timeout.aborted ? undefined : report;
}

const npmAudit = (home: Home): readonly string[] => [
  'npm',
  'audit',
  '--json',
  '--package-lock-only',
  '--omit=dev',
  '--ignore-scripts',
  '--no-update-notifier',
  '--fetch-retries=0',
  '--logs-max=0',
  `--cache=${home.folder('cache', 'npm-audit')}`,
];

function npmEnvironment(environment: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const network = Object.entries(environment).filter(([name]) => NETWORK_VARIABLES.test(name));
  return {
    ...scrubbedEnvironment(),
    HOME: folder,
    npm_config_userconfig: join(homedir(), '.npmrc'),
    ...Object.fromEntries(network.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  if (signal.reason instanceof HiveMindError) throw signal.reason;
  throw new HiveMindError('Cancelled', 'the audit of the dependencies was cancelled', {
    hint: 'run the command again',
    cause: signal.reason,
  });
}
