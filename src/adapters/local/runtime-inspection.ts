import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuntimeInspection, RuntimeObservation } from '../../ports/runtime-inspection.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Home } from './home.ts';
import { findMarked, INSTANCE_VARIABLE } from './orphan-processes.ts';
import { OWNER_VARIABLE } from './process-group.ts';
import { readArguments } from './process-inspection.ts';
import type { Supervisor } from './supervisor/supervisor.ts';

export interface LocalRuntimeInspectionOptions {
  readonly home: Home;
  readonly secrets: Secrets;
  readonly supervisor: Supervisor;
}

/** A shorter value is found in many arguments by chance. */
const SHORTEST_SECRET_CHARACTERS = 8;
const PERMISSION_BITS = 0o777;

/** Looks at `/proc` and at the modes of the secret files; sees nothing where there is no `/proc`. */
export function localRuntimeInspection(options: LocalRuntimeInspectionOptions): RuntimeInspection {
  const { home, secrets, supervisor } = options;
  return {
    observe: async (stack, references) => {
      const instances = await supervisor.list(stack);
      const processes = await processesOf(home, new Set(instances.map(({ id }) => id)));
      if (processes.size === 0) return undefined;
      const values = (await Promise.all(references.map((reference) => secrets.get(reference)))).flatMap(
        Object.values,
      );
      const argumentTexts = await Promise.all(
        [...processes.keys()].map(async (pid) => (await readArguments(pid)).join('\0')),
      );
      return {
        secretFileModes: await modesIn(home.folder('secrets')),
        processArgumentsHoldSecret: values.some(
          (value) =>
            value.length >= SHORTEST_SECRET_CHARACTERS && argumentTexts.some((text) => text.includes(value)),
        ),
        runsAsRoot: await anyRunsAsRoot([...processes.keys()]),
        environmentNames: {
          present: [...new Set([...processes.values()].flatMap((environment) => [...environment.keys()]))],
          intended: await supervisor.environmentNames(stack),
        },
      };
    },
  };
}

async function processesOf(
  home: Home,
  ids: ReadonlySet<string>,
): Promise<Map<number, ReadonlyMap<string, string>>> {
  const marked = await findMarked({ [OWNER_VARIABLE]: home.owner });
  return new Map([...marked].filter(([, environment]) => ids.has(environment.get(INSTANCE_VARIABLE) ?? '')));
}

async function modesIn(folder: string): Promise<RuntimeObservation['secretFileModes']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => ({ file, mode: (await stat(file)).mode & PERMISSION_BITS })));
}

/** The owner of `/proc/<pid>` is the user the process runs as. A process that ended meanwhile has none. */
async function anyRunsAsRoot(pids: readonly number[]): Promise<boolean> {
  const owners = await Promise.all(
    pids.map((pid) =>
      stat(`/proc/${pid}`).then(
        ({ uid }) => uid,
        () => undefined,
      ),
    ),
  );
  return owners.includes(0);
}
