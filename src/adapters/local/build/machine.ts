import type { Home } from '../home.ts';
import { commandFolders, findNpm, type NpmPackage } from './npm-package.ts';
import { type NpmSettings, readNpmSettings } from './npm-settings.ts';
import { directIsolation, type Isolation, probeIsolation } from './sandbox.ts';

/** What builds use of this machine. Each thing is looked for when it is first needed. */
export interface Machine {
  readonly home: Home;
  isolation(): Promise<Isolation>;
  /** @throws {HiveMindError} ToolMissing */
  npm(): Promise<NpmPackage>;
  /** @throws {HiveMindError} ToolMissing */
  npmSettings(): Promise<NpmSettings>;
}

export interface MachineOptions {
  readonly home: Home;
  /** False runs builds without a sandbox. @default true where the machine allows one */
  readonly sandbox?: boolean | undefined;
  /** The operator's own. @default that of this process */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

export function localMachine({ home, sandbox = true, environment = process.env }: MachineOptions): Machine {
  const npm = once(() => findNpm(commandFolders(environment['PATH'])));
  return {
    home,
    isolation: once(async () => (sandbox ? probeIsolation(home) : directIsolation('it is switched off'))),
    npm,
    npmSettings: once(async () => readNpmSettings((await npm()).folder, environment)),
  };
}

/** Keeps the first answer; after a failure the next call tries again. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}
