import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { external, succeeds } from '../external-program.ts';
import { PLACES } from '../places.ts';
import { InstanceFailure } from '../program-failure.ts';
import { APPLICATION_USER } from '../systemd/units.ts';
import { start } from '../verbs/start.ts';
import { awaitStart } from './await-start.ts';
import { setUpAgent } from './cloudwatch-agent.ts';
import { configure } from './configure.ts';
import { type BootFacts, readBootFacts } from './parameters.ts';
import { installPython } from './python.ts';

/**
 * Makes a running application of an unpacked release, or one that waits to be started; what is there already stays. The boot
 * script calls it and tells the stack how it went.
 * @throws {InstanceFailure} with words for the operator
 */
export async function install(environment: NodeJS.ProcessEnv): Promise<void> {
  const facts = readBootFacts(environment);
  await prepareMachine(facts);
  const installation = await configure(facts);
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
