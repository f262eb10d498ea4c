import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { external, succeeds } from '../external-program.ts';
import { type Installation, writeInstallation } from '../installation.ts';
import { PLACES } from '../places.ts';
import { InstanceFailure } from '../program-failure.ts';
import { reloadUnits } from '../systemd/system-control.ts';
import { APPLICATION_USER, processUnit, unitOf } from '../systemd/units.ts';
import { start } from '../verbs/start.ts';
import { awaitStart } from './await-start.ts';
import { setUpAgent } from './cloudwatch-agent.ts';
import { installDatabaseCertificates } from './database-certificates.ts';
import { applicationEnvironment, writeEnvironment } from './environment.ts';
import { type BootFacts, readBootFacts } from './parameters.ts';
import { writePrograms } from './programs.ts';
import { installPython } from './python.ts';
import { databaseAccess, isConfidential, secretVariables } from './secrets.ts';

/**
 * Makes a running application of an unpacked release, or one that waits to be started; what is there already stays. The boot
 * script calls it and tells the stack how it went.
 * @throws {InstanceFailure} with words for the operator
 */
export async function install(environment: NodeJS.ProcessEnv): Promise<void> {
  const facts = readBootFacts(environment);
  await prepareMachine(facts);
  const installation = await configure(facts);
  await writeUnits(installation);
  const agent = setUpAgent(facts);
  if (await isWanted(facts)) {
    console.error('starting the application');
    const { processes: before } = await start();
    await awaitStart({ installation, address: facts.address, before });
  }
  await agent;
}

async function prepareMachine({ RUNTIME }: BootFacts): Promise<void> {
  const { configuration, home, exits, runs, logs, units, transientUnits } = PLACES;
  for (const folder of [configuration, exits, runs, logs, dirname(home)]) {
    await mkdir(folder, { recursive: true, mode: 0o755 });
  }
  for (const folder of [units, transientUnits, dirname(PLACES.program), dirname(PLACES.logRotation)]) {
    await mkdir(folder, { recursive: true });
  }
  if (!(await succeeds('id', [APPLICATION_USER]))) {
    const command = ['--system', '--user-group', '--no-create-home', '--home-dir', home];
    await external('useradd', [...command, '--shell', '/sbin/nologin', APPLICATION_USER]);
  }
  await mkdir(home, { recursive: true, mode: 0o700 });
  await external('chown', [`${APPLICATION_USER}:${APPLICATION_USER}`, home]);
  if (RUNTIME === 'python') await installPython();
}

async function configure(facts: BootFacts): Promise<Installation> {
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
    environmentNames: [...Object.keys(variables), 'PORT'],
    secretNames: [...Object.keys(operator), ...Object.keys(database).filter(isConfidential)],
    database: access?.engine ?? null,
  };
  await writeEnvironment(variables, installation);
  await writeInstallation(installation);
  await giveToApplication(`${files}/`);
  return installation;
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
  await reloadUnits();
}

/** The run state begins as `startOnBoot` and outlives instances: one that replaces another does what that did last. */
async function isWanted({ STACK, START_ON_BOOT }: BootFacts): Promise<boolean> {
  const query = ['--query', 'Parameter.Value', '--output', 'text'];
  try {
    const state = await external('aws', [
      'ssm',
      'get-parameter',
      '--name',
      `/hivemind/${STACK}/run-state`,
      ...query,
    ]);
    return state.trim() === 'started';
  } catch (error) {
    if (!(error instanceof InstanceFailure)) throw error;
    console.error(`warning: the run state cannot be read: ${error.message}`);
    return START_ON_BOOT;
  }
}
