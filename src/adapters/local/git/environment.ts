import type { Home } from '../home.ts';
import { OWNER_VARIABLE, scrubbedEnvironment } from '../process-group.ts';

export type GitEnvironment = Readonly<Record<string, string>>;
type Setting = readonly [key: string, value: string];

/** Settings that beat every configuration file: nothing is run, nothing is followed, nothing is spoofed. */
const HARDENING: readonly Setting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  ['submodule.recurse', 'false'],
  ['diff.ignoreSubmodules', 'all'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  // Ownership matters to git because a repository's configuration can run programs. None is used here besides reads of it.
  ['safe.directory', '*'],
];

/** A connection that moves less than 1,000 bytes a second for 30 s counts as dead. */
const FETCH: readonly Setting[] = [
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
  // One file that grows, so that what arrives can be measured.
  ['fetch.unpackLimit', '1'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['transfer.bundleURI', 'false'],
  ['credential.interactive', 'false'],
];

/** What a fetch needs of the operator's environment: their ssh agent, proxies, certificates and credential helpers. */
const OPERATOR_VARIABLES = [
  'HOME',
  'USER',
  'LOGNAME',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'SSH_AUTH_SOCK',
  'GIT_SSH_COMMAND',
  'GIT_SSL_CAINFO',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]),
];

/** For git commands that read and write local repositories: no configuration but ours, and no transport at all. */
export const localGitEnvironment = (
  home: Home,
  variables: GitEnvironment = {},
  settings: readonly Setting[] = [],
): GitEnvironment => ({
  ...baseEnvironment(home),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  ...settingVariables([...HARDENING, ...settings]),
  ...variables,
});

/** For `git fetch` and `git ls-remote`: the operator's own configuration, for access, and the transports of `url` only. */
export const remoteGitEnvironment = (home: Home, url: string, variables: GitEnvironment): GitEnvironment => ({
  ...baseEnvironment(home),
  ...inherited(OPERATOR_VARIABLES),
  // The operator's `url.*.insteadOf` may turn https into ssh; a server cannot redirect from one to the other.
  GIT_ALLOW_PROTOCOL: url.startsWith('http:') ? 'http' : 'https:ssh',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS_REQUIRE: 'never',
  ...settingVariables([...HARDENING, ...FETCH]),
  ...variables,
});

/** For reading which preferences the operator has: their configuration, which `git config` reads without acting on it. */
export const operatorGitEnvironment = (home: Home): GitEnvironment => ({
  ...baseEnvironment(home),
  ...inherited(['HOME', 'XDG_CONFIG_HOME']),
  GIT_ALLOW_PROTOCOL: 'none',
  ...settingVariables(HARDENING),
});

function baseEnvironment(home: Home): GitEnvironment {
  return {
    ...scrubbedEnvironment(),
    ...inherited(['PATH']),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    // A partial clone would otherwise fetch what is missing by a command that its own configuration names.
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_PAGER: 'cat',
    GIT_EDITOR: 'false',
    [OWNER_VARIABLE]: home.owner,
  };
}

function inherited(names: readonly string[]): GitEnvironment {
  const found = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** `git -c` without the command line, where other users of the machine could read it. */
function settingVariables(settings: readonly Setting[]): GitEnvironment {
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return Object.fromEntries([['GIT_CONFIG_COUNT', String(settings.length)], ...pairs]);
}
