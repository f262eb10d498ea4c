import { isLoopback } from '../../src/domain/loopback.ts';
import { singleLine } from '../../src/domain/plain-text.ts';
import { redact } from '../../src/domain/untrusted-text/redact.ts';
import type { CheckResult, ControlFinding } from '../../src/domain/verification.ts';
import type { DependencyFinding } from '../../src/ports/security-scanner.ts';
import type { ObservedFacts } from './facts.ts';
import { INFRASTRUCTURE_CONTROLS } from './infrastructure-controls.ts';
import {
  type Control,
  counted,
  examples,
  fail,
  notApplicable,
  pass,
  type Setting,
  type Verdict,
  warn,
} from './verdict.ts';

/** Above this score a vulnerability needs a person's attention (requirement A12). */
const ESCALATION_CVSS = 7;

/** Every control in the order of a report. Ids are stable: reports and waivers refer to them. */
export const CONTROLS: readonly Control[] = [
  { id: 'HM-SRC-1', title: 'no secrets in the repository', judge: secretsInRepository },
  { id: 'HM-DEP-1', title: 'no known vulnerability in the dependencies', judge: vulnerableDependencies },
  { id: 'HM-BLD-1', title: 'builds are isolated from the machine', judge: buildIsolation },
  { id: 'HM-NET-1', title: 'the load balancer is reached from this machine only', judge: listenerAddress },
  { id: 'HM-NET-2', title: 'the database is reached from this machine only', judge: databaseAddress },
  { id: 'HM-TLS-1', title: 'traffic of the users is encrypted', judge: encryptedTraffic },
  { id: 'HM-SEC-1', title: 'secret files are readable by their owner only', judge: secretFiles },
  { id: 'HM-SEC-2', title: 'no secret in process arguments', judge: processArguments },
  {
    id: 'HM-SEC-3',
    title: 'the application has no credentials of the control plane',
    judge: inheritedCredentials,
  },
  { id: 'HM-RUN-1', title: 'the application does not run as root', judge: processUser },
  ...INFRASTRUCTURE_CONTROLS,
];

/** One finding for each control whose fact was observed. */
export function judgeControls(facts: ObservedFacts, setting: Setting): readonly ControlFinding[] {
  return CONTROLS.flatMap(({ id, title, judge }) => {
    const verdict = judge(facts, setting);
    return verdict === undefined ? [] : [{ control: id, title, ...verdict }];
  });
}

/** `12 controls: 9 passed, 1 not applicable, 1 with a warning (HM-RUN-1), 1 failed (HM-SRC-1)` */
export function controlsSummary(findings: readonly ControlFinding[]): string {
  const of = (result: CheckResult) => findings.filter((finding) => finding.result === result);
  const named = (result: CheckResult, word: string) => {
    const ids = of(result).map(({ control }) => control);
    return ids.length === 0 ? [] : [`${ids.length} ${word} (${ids.join(', ')})`];
  };
  const skipped = of('not-applicable').length;
  return `${counted(findings.length, 'control')}: ${[
    `${of('pass').length} passed`,
    ...(skipped === 0 ? [] : [`${skipped} not applicable`]),
    ...named('warn', 'with a warning'),
    ...named('fail', 'failed'),
  ].join(', ')}`;
}

function secretsInRepository({ secretsInRepository: found }: ObservedFacts): Verdict | undefined {
  if (found === undefined) return undefined;
  if (found.length === 0) return pass('the scan of the repository found none');
  const places = found.map(({ file, line, rule }) => `${singleLine(file)}:${line} (${singleLine(rule)})`);
  return fail(
    `${counted(found.length, 'place')} ${found.length === 1 ? 'looks' : 'look'} like a secret: ${examples(places)}`,
    'revoke the secret first, for it stays in the history; then remove it and pass it with --env or --env-file',
  );
}

function vulnerableDependencies({ audit }: ObservedFacts): Verdict | undefined {
  if (audit === undefined) return undefined;
  if (!audit.audited) {
    return warn(
      `not audited: ${audit.reason}`,
      /no lock file/.test(audit.reason)
        ? 'commit a lock file: `npm install --package-lock-only` writes it'
        : 'audit the dependencies in the project itself, for instance with `npm audit`, or deploy again with the registry in reach',
    );
  }
  if (audit.findings.length === 0) return pass('no advisory concerns the locked packages');
  const evidence = `${counted(audit.findings.length, 'advisory', 'advisories')}: ${examples(audit.findings.map(advisoryText))}`;
  const mend =
    'run `npm audit fix` in the project, or raise the packages to the fixed versions, and deploy again';
  return audit.findings.some(needsAttention) ? fail(evidence, mend) : warn(evidence, mend);
}

const needsAttention = ({ cvss, severity }: DependencyFinding): boolean =>
  cvss === null ? severity === 'high' || severity === 'critical' : cvss > ESCALATION_CVSS;

function advisoryText(finding: DependencyFinding): string {
  const score = finding.cvss === null ? finding.severity : `${finding.severity}, CVSS ${finding.cvss}`;
  const fixed = finding.fixedIn === null ? '' : `, fixed in ${singleLine(finding.fixedIn)}`;
  return `${singleLine(finding.package)}: ${singleLine(redact(finding.title))} (${score}${fixed})`;
}

function buildIsolation({ isolation }: ObservedFacts): Verdict | undefined {
  if (isolation === undefined) return undefined;
  if (isolation.sandboxed) return pass(isolation.how);
  return warn(
    isolation.how,
    'deploy only repositories you trust, or let it run builds in bubblewrap (`hivemind doctor` says what is missing)',
  );
}

/** In an account the address is public by intent: HM-NET-4 looks at what else is open. */
function listenerAddress({ listener }: ObservedFacts, { target }: Setting): Verdict | undefined {
  if (listener === undefined || target === 'aws') return undefined;
  if (listener === null) return notApplicable('the application has no port');
  if (isLoopback(listener.host)) return pass(`it listens on ${listener.host}`);
  return fail(`it listens on ${listener.host}, which other machines may reach`, 'let it listen on 127.0.0.1');
}

/** In an account the database has an address of its network: HM-RDS-1 and HM-RDS-3 look at who reaches it. */
function databaseAddress({ databaseHost }: ObservedFacts, { target }: Setting): Verdict | undefined {
  if (databaseHost === undefined || target === 'aws') return undefined;
  if (databaseHost === null) return notApplicable('the deployment has no database');
  if (isLoopback(databaseHost) || databaseHost.startsWith('/')) return pass(`it listens on ${databaseHost}`);
  return fail(`it listens on ${databaseHost}, which other machines may reach`, 'let it listen on 127.0.0.1');
}

function encryptedTraffic({ listener }: ObservedFacts, { target, stage }: Setting): Verdict | undefined {
  if (listener === undefined) return undefined;
  if (listener === null) return notApplicable('the application has no port');
  if (listener.tls) return pass('the listener speaks HTTPS');
  if (target === 'aws') {
    const judge = stage === 'production' ? fail : warn;
    return judge(
      `the listener has no certificate: plain HTTP on ${listener.host}`,
      'deploy with the ARN of a certificate of Certificate Manager (`--certificate`)',
    );
  }
  if (isLoopback(listener.host)) return notApplicable('traffic does not leave this machine');
  return fail(
    `plain HTTP on ${listener.host}`,
    'give the listener a certificate, or let it listen on 127.0.0.1',
  );
}

function secretFiles({ secretFileModes }: ObservedFacts): Verdict | undefined {
  if (secretFileModes === undefined) return undefined;
  if (secretFileModes.length === 0) return notApplicable('the deployment has no secrets');
  const open = secretFileModes.filter(({ mode }) => (mode & 0o077) !== 0);
  if (open.length === 0) return pass(`${counted(secretFileModes.length, 'file')}, none open to others`);
  const shown = open.map(({ file, mode }) => `${file} (${(mode & 0o777).toString(8).padStart(4, '0')})`);
  return fail(
    `others can read or change ${examples(shown)}`,
    'set the mode to 0600 and replace the secrets in these files',
  );
}

function processArguments({ processArgumentsHoldSecret }: ObservedFacts): Verdict | undefined {
  if (processArgumentsHoldSecret === undefined) return undefined;
  if (!processArgumentsHoldSecret) return pass('the arguments of the running processes hold none');
  return fail(
    'a secret stands in the arguments of a running process, where every user of the machine can read it',
    'let the application read it from its environment instead of writing it into the start command',
  );
}

const CREDENTIALS =
  /^(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|CONTAINER_CREDENTIALS\w*|WEB_IDENTITY_TOKEN_FILE)|HIVEMIND_TOKEN|SSH_AUTH_SOCK|(?:GITHUB|GH|GITLAB|NPM|NODE_AUTH)_TOKEN|GOOGLE_APPLICATION_CREDENTIALS|AZURE_CLIENT_SECRET|ANTHROPIC_API_KEY|OPENAI_API_KEY)$/;

function inheritedCredentials({ environmentNames }: ObservedFacts): Verdict | undefined {
  if (environmentNames === undefined) return undefined;
  const intended = new Set(environmentNames.intended);
  const leaked = environmentNames.present.filter((name) => CREDENTIALS.test(name) && !intended.has(name));
  if (leaked.length === 0)
    return pass(`${counted(environmentNames.present.length, 'variable')}, none of the control plane's`);
  return fail(
    `the application inherits ${examples(leaked)}`,
    'report this: it is a fault in HiveMind; then replace what was exposed',
  );
}

function processUser({ runsAsRoot }: ObservedFacts, { target }: Setting): Verdict | undefined {
  if (runsAsRoot === undefined) return undefined;
  if (!runsAsRoot) return pass('its processes have no root rights');
  return target === 'aws'
    ? fail('its processes run as root', 'report this: it is a fault in HiveMind; then deploy again')
    : warn('its processes run as root', 'start `hivemind serve` as an ordinary user');
}
