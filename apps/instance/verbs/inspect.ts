import { stat } from 'node:fs/promises';
import { readArguments, readEnvironment } from '../../../src/adapters/local/process-inspection.ts';
import type { InstanceAnswer } from '../../../src/contracts/instance-program.ts';
import { applicationProcessIds } from '../control-groups.ts';
import { readInstallation } from '../installation.ts';
import { PLACES } from '../places.ts';
import { readEnvironmentFile, secretValues } from '../redaction.ts';

const PERMISSION_BITS = 0o777;
/** Put by systemd into the environment of every process of a unit (systemd.exec(5)), and by shells into that of their children. */
const SYSTEM_NAMES = [
  ...['INVOCATION_ID', 'JOURNAL_STREAM', 'LANG', 'LOGNAME', 'SHELL', 'SYSTEMD_EXEC_PID', 'USER'],
  ...['OLDPWD', 'PWD', 'SHLVL', '_'],
];

/** The application's processes and the file with its secrets, as an auditor sees them. */
export async function inspect(): Promise<InstanceAnswer<'inspect'>> {
  const installation = await readInstallation();
  const pids = await applicationProcessIds(installation);
  if (pids.length === 0) return { observation: null };
  const values = secretValues(await readEnvironmentFile(), installation.secretNames);
  const argumentTexts = await Promise.all(pids.map(async (pid) => (await readArguments(pid)).join('\0')));
  const environments = await Promise.all(pids.map(readEnvironment));
  const present = new Set(environments.flatMap((environment) => [...environment.keys()]));
  return {
    observation: {
      secretFileModes: [{ file: PLACES.environment, mode: await modeOf(PLACES.environment) }],
      processArgumentsHoldSecret: values.some((value) => argumentTexts.some((text) => text.includes(value))),
      runsAsRoot: (await Promise.all(pids.map(ownerOf))).includes(0),
      environmentNames: {
        present: [...present].sort(),
        intended: [...new Set([...installation.environmentNames, ...SYSTEM_NAMES])].sort(),
      },
    },
  };
}

const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & PERMISSION_BITS;

/** Undefined for a process that has ended meanwhile. */
const ownerOf = (pid: number): Promise<number | undefined> =>
  stat(`/proc/${pid}`).then(
    ({ uid }) => uid,
    () => undefined,
  );
