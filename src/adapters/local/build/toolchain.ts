import { basename } from 'node:path';
import type { NpmPackage } from './npm-package.ts';
import type { Mount } from './sandbox.ts';

/** The programs of a build beside those of the system, and where on the machine they lie. */
export interface Toolchain {
  /** Absolute paths by the name of the command. */
  readonly programs: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
}

/** Later packages win where two have a command of the same name. */
export function assembleToolchain(nodeExecutable: string, packages: readonly NpmPackage[]): Toolchain {
  const mounts: readonly Mount[] = [
    { host: nodeExecutable, inside: '/opt/hivemind/node/bin/node' },
    ...packages.map(({ folder }) => ({ host: folder, inside: `/opt/hivemind/${basename(folder)}` })),
  ];
  return {
    programs: Object.assign({}, ...packages.map(({ programs }) => programs), { node: nodeExecutable }),
    // Programs below `/usr` are in the sandbox anyway; Debian's npm even needs its neighbours there.
    mounts: mounts.filter(({ host }) => !host.startsWith('/usr/')),
  };
}
