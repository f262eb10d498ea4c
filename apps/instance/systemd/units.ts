import { createHash } from 'node:crypto';
import { shellArgv } from '../../../src/adapters/local/supervisor/command-line.ts';
import type { Command, ProcessType } from '../../../src/domain/plan.ts';
import { forwardedPort } from '../forwarding.ts';
import type { Installation } from '../installation.ts';
import { COMMAND_LOG, logOf, PLACES } from '../places.ts';
import { commandLine, literal, type Settings, unitFile } from './unit-file.ts';

export const APPLICATION_USER = 'hivemind';

export const unitOf = (process: string): string => `hivemind-process-${process}.service`;

/** The same command with the same token has the same unit. */
export const commandUnit = (id: string): string => `hivemind-command-${id}.service`;

export const commandId = (token: string): string =>
  createHash('sha256').update(token).digest('hex').slice(0, 24);

export const exitRecord = (unit: string): string => `${PLACES.exits}/${unit}`;

/** Variables of one process, which win over all others. */
export const ownEnvironment = (process: string): string => `${PLACES.environment}.${process}`;

/**
 * What an application may do: write its own files and its home, talk to networks. Not the metadata service, which would hand it
 * the role of the instance.
 */
const confinement = (files: string): Settings => [
  ['User', APPLICATION_USER],
  ['Group', APPLICATION_USER],
  ['NoNewPrivileges', 'yes'],
  ['CapabilityBoundingSet', ''],
  ['ProtectSystem', 'strict'],
  ['ReadWritePaths', `${files} ${PLACES.home}`],
  ['InaccessiblePaths', `-${PLACES.configuration}`],
  ['PrivateTmp', 'yes'],
  ['PrivateDevices', 'yes'],
  ['ProtectHome', 'yes'],
  ['ProtectProc', 'invisible'],
  ['ProtectClock', 'yes'],
  ['ProtectHostname', 'yes'],
  ['ProtectControlGroups', 'yes'],
  ['ProtectKernelLogs', 'yes'],
  ['ProtectKernelModules', 'yes'],
  ['ProtectKernelTunables', 'yes'],
  ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX AF_NETLINK'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  ['LockPersonality', 'yes'],
  ['SystemCallArchitectures', 'native'],
  ['IPAddressDeny', '169.254.169.254/32 fd00:ec2::254/128'],
];

/** Keeps a process running as the local supervisor does: five failed starts within a minute are the last. */
export function processUnit(installation: Installation, process: ProcessType): string {
  const unit = unitOf(process.name);
  return unitFile({
    Unit: [
      ['Description', `Process ${process.name} of ${literal(installation.deployment)}`],
      ['Wants', 'network-online.target'],
      ['After', 'network-online.target'],
      ['StartLimitIntervalSec', '60'],
      ['StartLimitBurst', '5'],
    ],
    Service: [
      ...started(installation, process.command, process.exposed ? process.name : undefined),
      ['ExecStopPost', `+${PLACES.exitRecorder} ${exitRecord(unit)}`],
      ['Restart', 'always'],
      ['RestartSec', '1'],
      ['StandardOutput', `append:${logOf(unit)}`],
    ],
    Install: [['WantedBy', 'multi-user.target']],
  });
}

/** Where the load balancer asks, for an application that listens elsewhere. */
export const FORWARD_UNIT = 'hivemind-forward.service';

export function forwardUnit(installation: Installation, to: number): string {
  return unitFile({
    Unit: [['Description', `The port of ${literal(installation.deployment)}, passed on to its own`]],
    Service: [
      ['Type', 'exec'],
      ...confinement(installation.files),
      ['ExecStart', commandLine(ownProgram('forward', { from: installation.port, to }))],
      ['Restart', 'always'],
      ['RestartSec', '1'],
      ['TimeoutStopSec', '10'],
      ['StandardOutput', `append:${logOf(FORWARD_UNIT)}`],
      ['StandardError', 'inherit'],
    ],
    Install: [['WantedBy', 'multi-user.target']],
  });
}

/** All units that run while the release does. */
export const releaseUnits = (installation: Installation): readonly string[] => [
  ...installation.processes.map(({ name }) => unitOf(name)),
  ...(forwardedPort(installation) === undefined ? [] : [FORWARD_UNIT]),
];

/**
 * Runs a command once, whatever happens: the folder that marks its begin can be made once only. systemd ends it when its time is
 * over, and its end is recorded once.
 */
export function oneOffUnit(
  installation: Installation,
  command: Command,
  { id, timeoutSeconds }: { readonly id: string; readonly timeoutSeconds: number },
): string {
  const main = installation.processes.find(({ exposed }) => exposed)?.name;
  return unitFile({
    Unit: [['Description', `One-off command of ${literal(installation.deployment)}`]],
    Service: [
      ['ExecStartPre', `+/bin/mkdir ${PLACES.runs}/${id}/begun`],
      ...started(installation, command, main),
      ['ExecStopPost', `+${PLACES.exitRecorder} ${PLACES.runs}/${id}/end once`],
      ['RuntimeMaxSec', String(timeoutSeconds)],
      ['StandardOutput', `append:${COMMAND_LOG}`],
    ],
  });
}

const started = (installation: Installation, command: Command, exposed: string | undefined): Settings => [
  ['Type', 'exec'],
  ...confinement(installation.files),
  ['WorkingDirectory', literal(installation.folder)],
  ['EnvironmentFile', PLACES.environment],
  ...(exposed === undefined ? [] : ([['EnvironmentFile', ownEnvironment(exposed)]] as const)),
  ['ExecStart', commandLine(argvOf(command))],
  // As long as the local supervisor gives; the load balancer has drained the instance before.
  ['TimeoutStopSec', '10'],
  ['StandardError', 'inherit'],
];

/**
 * What to execute. `env` finds the program in the PATH of the environment file, where systemd would only look in the system's
 * folders; it replaces itself, so that signals reach the application.
 */
function argvOf(command: Command): readonly string[] {
  if (command.kind === 'serve') {
    const { directory, fallback } = command;
    return ownProgram('serve', { directory, fallback });
  }
  const argv = command.kind === 'argv' ? command.argv : shellArgv(command.line);
  // A program with such a name would be a variable for `env`.
  return argv[0]?.includes('=')
    ? ['/bin/sh', '-c', 'exec "$0" "$@"', ...argv]
    : ['/usr/bin/env', '--', ...argv];
}

/** This program, run by the Node of the release. */
const ownProgram = (verb: 'serve' | 'forward', payload: object): readonly string[] => [
  `${PLACES.release}/runtime/bin/node`,
  `${PLACES.release}/instance/instance.mjs`,
  verb,
  Buffer.from(JSON.stringify(payload)).toString('base64url'),
];
