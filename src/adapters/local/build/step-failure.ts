import { HiveMindError } from '../../../domain/errors.ts';
import { singleLine } from '../../../domain/plain-text.ts';
import type { Command } from '../../../domain/plan.ts';
import { commandText } from '../../../domain/wording.ts';
import type { Exit } from '../process-group.ts';
import type { BuildOutput } from './build-output.ts';

const STEPS = {
  install: { code: 'InstallFailed', hint: 'mend what the log lines say, commit it and deploy again' },
  build: {
    code: 'BuildFailed',
    hint: 'run the build command in a clean checkout, mend what it says, commit and deploy again',
  },
} as const;
export type StepName = keyof typeof STEPS;

/** Output that many applications fail with, and what to do about it. */
const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /`npm ci` can only install|ERR_PNPM_OUTDATED_LOCKFILE|lockfile needs to be updated|lockfile would have been modified|YN0028/,
    'the lock file does not fit package.json: run the install command of your package manager (`npm install`), commit the lock file and deploy again',
  ],
  [
    /Missing script|ERR_PNPM_NO_SCRIPT|Couldn't find a script named|Command "\S+" not found/,
    'add the script to "scripts" in package.json, commit it and deploy again',
  ],
  [
    /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|UNABLE_TO_GET_ISSUER_CERT\w*|SELF_SIGNED_CERT\w*)\b/,
    'the build could not reach a registry: check the connection and the registry in your npm configuration, then run the command again',
  ],
  [
    /\b(?:E401|E403|ENEEDAUTH|401 Unauthorized|403 Forbidden)\b/,
    'the registry wants a login, and builds get no credentials of yours: use packages that are public or commit them to the repository',
  ],
  [
    /gyp ERR!|node-gyp/,
    'a package compiles native code: install a C++ compiler, make and Python on this machine',
  ],
  [
    /heap out of memory|exited with 137|\bKilled\b/,
    'the build needs more memory than there is: end other programs or make the build smaller',
  ],
  [
    /: not found$|command not found/,
    'a program that the command runs is not there: add its package to the dependencies and commit it',
  ],
];

export function stepFailure(
  step: StepName,
  command: Command,
  exit: Exit,
  output: BuildOutput,
): HiveMindError {
  const end = exit.signal === null ? `exited with ${exit.code}` : `was ended by ${exit.signal}`;
  const message = `\`${singleLine(commandText(command)).slice(0, 200)}\` ${end}${output.cause}`;
  const logTail = output.tail;
  if (output.outOfSpace) {
    return new HiveMindError('DiskFull', `there is no space left on the disk for the build: ${message}`, {
      hint: 'free some space (`hivemind doctor` shows how much there is and where), then run the command again',
      logTail,
    });
  }
  const text = [message, ...logTail].join('\n');
  const hint = HINTS.find(([pattern]) => pattern.test(text))?.[1] ?? STEPS[step].hint;
  return new HiveMindError(STEPS[step].code, message, { hint, logTail });
}
