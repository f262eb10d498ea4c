/** Where everything is on an instance. `HIVEMIND_ROOT` puts it all under another folder: a test runs in one. */
export const ROOT = process.env['HIVEMIND_ROOT'] ?? '';

const under = (path: string): string => `${ROOT}${path}`;

export const PLACES = {
  /** Unpacked artifacts by their ids: the one that is installed, and the one before it. */
  releases: under('/opt/hivemind/releases'),
  /** A link to the folder of the release that is installed. */
  release: under('/opt/hivemind/release'),
  program: under('/opt/hivemind/bin/hivemind-instance'),
  exitRecorder: under('/opt/hivemind/bin/record-exit'),
  /** `python3` of the release, first in its PATH. */
  pythonPrograms: under('/opt/hivemind/python/bin'),
  configuration: under('/etc/hivemind'),
  installation: under('/etc/hivemind/installation.json'),
  /** All variables of the application: the only file with secrets. */
  environment: under('/etc/hivemind/environment'),
  databaseCertificates: under('/opt/hivemind/database-certificates.pem'),
  agentConfiguration: under('/etc/hivemind/cloudwatch-agent.json'),
  agentControl: under('/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl'),
  logRotation: under('/etc/logrotate.d/hivemind'),
  units: under('/etc/systemd/system'),
  /** Units that a restart of the machine forgets. */
  transientUnits: under('/run/systemd/system'),
  /** Of the application's user. */
  home: under('/var/lib/hivemind/home'),
  /** How each unit's processes ended last: one file a unit. */
  exits: under('/var/lib/hivemind/exits'),
  /** One-off commands: one folder each. */
  runs: under('/var/lib/hivemind/runs'),
  /** Process that puts another release in the place of the installed one; how that ended, when it failed; its download. */
  replacing: under('/var/lib/hivemind/replacing'),
  replacingFailure: under('/var/lib/hivemind/replacing-failure'),
  archive: under('/var/lib/hivemind/artifact.tar.gz'),
  /** Why the installation failed, in words that may be told. */
  failure: under('/var/lib/hivemind/boot-failure'),
  logs: under('/var/log/hivemind'),
  controlGroups: under('/sys/fs/cgroup'),
} as const;

export const logOf = (unit: string): string => `${PLACES.logs}/${unit}.log`;

/** Output of all one-off commands. */
export const COMMAND_LOG = `${PLACES.logs}/commands.log`;
