import { mkdir, readdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { InstanceAnswer, ParsedInstancePayload } from '../../../src/contracts/instance-program.ts';
import { configure } from '../install/configure.ts';
import { installPython } from '../install/python.ts';
import { fetchRelease } from '../install/release-files.ts';
import { onlyOne } from '../install/replacement.ts';
import { type Installation, readInstallation, writeInstallation } from '../installation.ts';
import { PLACES } from '../places.ts';
import { processStatuses } from '../processes.ts';
import { InstanceFailure } from '../program-failure.ts';

/** Puts another release in the place of the one of a stopped application; the one before it stays on the disk. */
export async function replaceRelease({
  release,
  address,
}: ParsedInstancePayload<'install'>): Promise<InstanceAnswer<'install'>> {
  const finished = await onlyOne(release.number, async () => {
    const installation = await readInstallation();
    if (installation.release === release.number) return;
    await requireStopped(installation);
    await fetchRelease(release.artifact, address);
    const before = basename(await realpath(PLACES.release));
    await switchTo(installation, release);
    await removeOthers([release.artifact, before]);
  });
  return { finished };
}

/** @throws {InstanceFailure} */
async function requireStopped(installation: Installation): Promise<void> {
  const statuses = await processStatuses(installation);
  const alive = statuses.find(({ state }) => state === 'running' || state === 'backing-off');
  if (alive)
    throw new InstanceFailure(`the process ${alive.name} runs: stop it before another release is installed`);
}

/** First it has no release, then the other one: an end in between is seen, and made good by the next call. */
async function switchTo(
  installation: Installation,
  release: ParsedInstancePayload<'install'>['release'],
): Promise<void> {
  const { release: _, ...incomplete } = installation;
  await writeInstallation(incomplete);
  const link = `${PLACES.release}~`;
  await rm(link, { force: true });
  await symlink(join(basename(PLACES.releases), release.artifact), link);
  await rename(link, PLACES.release);
  if (release.runtime === 'python') await installPython();
  // The programs of AWS that read the secrets want to know where they are.
  const region = installation.region ?? process.env['AWS_DEFAULT_REGION'] ?? '';
  process.env['AWS_DEFAULT_REGION'] = region;
  await configure({
    DEPLOYMENT: installation.deployment,
    COLOR: release.color,
    RELEASE: String(release.number),
    COMMIT: release.commit,
    ROOT: release.root,
    PROCESSES: release.processes.map(({ count: _count, ...process }) => process),
    ENVIRONMENT_SECRET: release.environmentSecret,
    DATABASE_SECRET: release.databaseSecret,
    VARIABLES: release.variables ?? {},
    XRAY: release.traces,
    PORT: installation.port,
    instanceId: installation.instance,
    region,
  });
}

async function removeOthers(kept: readonly string[]): Promise<void> {
  await mkdir(PLACES.releases, { recursive: true });
  for (const name of await readdir(PLACES.releases)) {
    if (!kept.includes(name)) await rm(join(PLACES.releases, name), { recursive: true, force: true });
  }
}
