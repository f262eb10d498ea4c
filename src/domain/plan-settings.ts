import { posix } from 'node:path';
import { printable } from './deployment.ts';
import { HiveMindError } from './errors.ts';

/** What of a plan an operator may set, as `--set key=value`; the value as text. */
export const PLAN_SETTINGS = {
  root: 'folder of the application inside the repository',
  start: 'command line of the main process',
  install: 'command line that installs the dependencies, or "none"',
  build: 'command line of the build, or "none"',
  migrations: 'command line of the migrations, or "none"',
  healthCheckPath: 'path that answers when the application is well',
  database: '"postgres" or "none"',
  webSocket: '"true" or "false"',
  runtimeVersion: 'version range of the runtime, such as >=22',
  port: 'port that the application listens on whatever PORT says, or "none"',
  buildMemory: 'memory of the build in MiB, such as 4096',
} as const;
export type PlanSetting = keyof typeof PLAN_SETTINGS;

/** Stays in force until it is set again; an empty text takes one back. */
export type PlanSettings = Readonly<Partial<Record<PlanSetting, string | undefined>>>;

/** Takes the place of a command that is not wanted. */
export const NONE = 'none';

const MAX_CHARACTERS = 2_000;

/** @throws {HiveMindError} InvalidInput: no such setting, or a value that it cannot have */
export function parsePlanSettings(given: Readonly<Record<string, string>>): PlanSettings {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      if (!isPlanSetting(key)) throw unknownSetting(key);
      const problem = value === '' ? undefined : problemOf(key, value);
      if (problem === undefined) return [key, value];
      throw new HiveMindError(
        'InvalidInput',
        `${key} cannot be "${printable(value.slice(0, 100))}": ${problem}`,
        {
          hint: `${key}: ${PLAN_SETTINGS[key]}`,
        },
      );
    }),
  );
}

const isPlanSetting = (key: string): key is PlanSetting => Object.hasOwn(PLAN_SETTINGS, key);

function problemOf(key: PlanSetting, value: string): string | undefined {
  if (value.length > MAX_CHARACTERS) return `it is longer than ${MAX_CHARACTERS} characters`;
  if (printable(value) !== value) return 'it holds control characters';
  switch (key) {
    case 'root':
      return posix.isAbsolute(value) || posix.normalize(value).startsWith('..')
        ? 'it does not lie in the repository'
        : undefined;
    case 'healthCheckPath':
      return /^\/[^\s#]*$/.test(value) ? undefined : 'it is not a path that starts with a slash';
    case 'database':
      return value === 'postgres' || value === NONE ? undefined : 'there is no such database';
    case 'webSocket':
      return value === 'true' || value === 'false' ? undefined : 'it is neither true nor false';
    case 'start':
      return value === NONE ? 'there is nothing to run without it' : undefined;
    case 'port':
      return value === NONE || isWithin(value, LIMITS.port) ? undefined : 'it is no port from 1024 to 65535';
    case 'buildMemory':
      return isWithin(value, LIMITS.buildMemory) ? undefined : 'it is no number of MiB from 64 to 65536';
    case 'install':
    case 'build':
    case 'migrations':
    case 'runtimeVersion':
      return undefined;
  }
}

const LIMITS = { port: [1024, 65_535], buildMemory: [64, 65_536] } as const;

const isWithin = (text: string, [least, most]: readonly [number, number]): boolean =>
  /^[1-9]\d{0,5}$/.test(text) && Number(text) >= least && Number(text) <= most;

const unknownSetting = (key: string): HiveMindError =>
  new HiveMindError('InvalidInput', `"${printable(key.slice(0, 60))}" is not a setting of a plan`, {
    hint: `settings: ${Object.keys(PLAN_SETTINGS).join(', ')}; environment variables are set with --env or --env-file`,
  });

/** Newer words over older ones; what is set to nothing is the plan's own again. */
export function mergePlanSettings(
  earlier: PlanSettings = {},
  newer: PlanSettings = {},
): PlanSettings | undefined {
  const merged = Object.entries({ ...earlier, ...newer }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  return merged.length === 0 ? undefined : Object.fromEntries(merged);
}
