import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import * as z from 'zod';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import { jsonOrUndefined } from '../../../domain/json.ts';
import type { AuditOutcome } from '../../../ports/security-scanner.ts';
import type { SourceTree } from '../../../ports/source-repository.ts';
import { readAuditReport } from './audit-report.ts';

/** How long npm may take. */
export const AUDIT_TIMEOUT_SECONDS = 20;
const MAX_MANIFEST_BYTES = 1_048_576;
const MAX_LOCK_BYTES = 16_777_216;
/** What is read of the report of npm. */
export const MAX_REPORT_CHARACTERS = 4_194_304;

const NPM_LOCKS = ['package-lock.json', 'npm-shrinkwrap.json'] as const;
const OTHER_LOCKS = ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'] as const;
const PYTHON_MANIFESTS = ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py'] as const;

/** What npm is started with, besides a folder for its cache. */
export const NPM_AUDIT: readonly string[] = [
  'npm',
  'audit',
  '--json',
  '--package-lock-only',
  '--omit=dev',
  '--ignore-scripts',
  '--no-update-notifier',
  '--fetch-retries=0',
  '--logs-max=0',
];

export interface DependencyAudit {
  /** Where a folder may be made for the time of the audit: a path with the beginning of its name. */
  readonly folderPrefix: string;
  /**
   * Runs `NPM_AUDIT` in a folder and ends it when the signal aborts.
   * @returns what npm printed, or undefined when it took too long
   * @throws {HiveMindError} ToolMissing, Cancelled
   */
  readonly runNpm: (folder: string, signal: AbortSignal | undefined) => Promise<string | undefined>;
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
  const parsed = manifestShape.safeParse(jsonOrUndefined(text));
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
  const folder = await mkdtemp(audit.folderPrefix);
  try {
    await writeFile(join(folder, 'package.json'), manifest);
    await writeFile(join(folder, 'package-lock.json'), lock);
    const report = await audit.runNpm(folder, audit.signal);
    throwIfAborted(audit.signal);
    return report === undefined
      ? notAudited(`npm did not answer within ${AUDIT_TIMEOUT_SECONDS} seconds`)
      : readAuditReport(jsonOrUndefined(report));
  } catch (error) {
    if (error instanceof HiveMindError && error.code === 'ToolMissing')
      return notAudited('npm is not installed');
    throw asHiveMindError(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
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
