import { realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { external } from '../external-program.ts';
import { forwardedPort } from '../forwarding.ts';
import { type Installation, writeInstallation } from '../installation.ts';
import { PLACES } from '../places.ts';
import { reloadUnits } from '../systemd/system-control.ts';
import { APPLICATION_USER, FORWARD_UNIT, forwardUnit, processUnit, unitOf } from '../systemd/units.ts';
import { installDatabaseCertificates } from './database-certificates.ts';
import { applicationEnvironment, writeEnvironment } from './environment.ts';
import type { BootFacts } from './parameters.ts';
import { writePrograms } from './programs.ts';
import { databaseAccess, isConfidential, secretVariables } from './secrets.ts';

/** What is said of a release and of the instance that is to run it. */
export type ReleaseFacts = Omit<
  BootFacts,
  'STACK' | 'ARTIFACT' | 'RUNTIME' | 'START_ON_BOOT' | 'LOG_GROUP' | 'address'
>;

/** Makes an application, stopped, of the files behind the link: environment, units, and what later verbs know of it. */
export async function configure(facts: ReleaseFacts): Promise<Installation> {
  const { DATABASE_SECRET, ENVIRONMENT_SECRET } = facts;
  // Not through the link: what a unit may write to is the folder itself.
  const files = join(await realpath(PLACES.release), 'files');
  const folder = join(files, facts.ROOT);
  const access = DATABASE_SECRET === null ? null : await databaseAccess(DATABASE_SECRET);
  if (access) await installDatabaseCertificates(facts.region);
  const database = access?.variables ?? {};
  const operator = ENVIRONMENT_SECRET === null ? {} : await secretVariables(ENVIRONMENT_SECRET);
  const variables = applicationEnvironment({ facts, files, folder, database, operator });
  const installation: Installation = {
    deployment: facts.DEPLOYMENT,
    instance: facts.instanceId,
    files,
    folder,
    processes: facts.PROCESSES,
    port: facts.PORT,
    region: facts.region,
    environmentNames: [...Object.keys(variables), 'PORT'],
    secretNames: [...Object.keys(operator), ...Object.keys(database).filter(isConfidential)],
    database: access?.engine ?? null,
  };
  await writeEnvironment(variables, installation);
  await writeInstallation(installation);
  await giveToApplication(`${files}/`);
  await writeUnits(installation);
  // Last of all: whoever reads the number finds all of the release.
  const complete = { ...installation, release: Number(facts.RELEASE) };
  await writeInstallation(complete);
  return complete;
}

/** The application writes to its own files, as on one machine; its runtime and this program stay root's. */
async function giveToApplication(files: string): Promise<void> {
  const owner = `${APPLICATION_USER}:${APPLICATION_USER}`;
  await external('chown', ['--recursive', '--no-dereference', owner, files], { timeoutSeconds: 300 });
}

async function writeUnits(installation: Installation): Promise<void> {
  await writePrograms();
  for (const process of installation.processes) {
    await writeFile(join(PLACES.units, unitOf(process.name)), processUnit(installation, process));
  }
  const forwarded = forwardedPort(installation);
  const forwarder = join(PLACES.units, FORWARD_UNIT);
  if (forwarded === undefined) await rm(forwarder, { force: true });
  else await writeFile(forwarder, forwardUnit(installation, forwarded));
  await reloadUnits();
}
