import { readFileSync } from 'node:fs';

/** Values of the stack, by their names there, that the boot script is given: its words and those of apps/instance/install. */
export const STACK_VALUES = {
  STACK: 'AWS::StackName',
  DEPLOYMENT: 'DeploymentId',
  COLOR: 'Color',
  RELEASE: 'Release',
  COMMIT: 'Commit',
  ARTIFACT: 'Artifact',
  ARTIFACT_BUCKET: 'ArtifactBucket',
  ROOT: 'Root',
  RUNTIME: 'Runtime',
  PROCESSES: 'Processes',
  ENVIRONMENT_SECRET: 'EnvironmentSecret',
  DATABASE_SECRET: 'DatabaseSecret',
  VARIABLES: 'Variables',
  START_ON_BOOT: 'StartOnBoot',
  XRAY: 'Xray',
  LOG_GROUP: 'LogGroup',
} as const;
export type StackValue = keyof typeof STACK_VALUES;

/** `PORT` is the same for all stacks. */
export type BootValue = StackValue | 'PORT';
export const BOOT_VALUES: readonly BootValue[] = [...(Object.keys(STACK_VALUES) as StackValue[]), 'PORT'];

const BOOT_SCRIPT = new URL('boot.sh', import.meta.url);

/** The script without its comments: user data has 16 KB, and the parameters need some of them. */
export const bootScript = (): string =>
  readFileSync(BOOT_SCRIPT, 'utf8').replaceAll(/^[ \t]*(?:#.*)?\n/gm, '');

/** The whole script in parts, each value, as a variable BOOT_*, in base64: none can end its quotes, whatever it is. */
export const userDataParts = (base64: (value: BootValue) => string): readonly string[] => [
  '#!/bin/bash\n',
  ...BOOT_VALUES.flatMap((name) => [`export BOOT_${name}='`, base64(name), `'\n`]),
  bootScript(),
];
