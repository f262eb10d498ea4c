import type { InfrastructureObservation } from '../../src/ports/infrastructure-inspection.ts';
import type { ObservedFacts } from './facts.ts';
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

type Part = keyof InfrastructureObservation;
type Observed<P extends Part> = NonNullable<InfrastructureObservation[P]>;

const ABSENT: Readonly<Record<Part, string>> = {
  network: 'the deployment has nothing in a network',
  loadBalancer: 'the application has no load balancer',
  instances: 'no instance is running',
  database: 'the deployment has no database',
};

/** Judges one part of the infrastructure: not at all when nobody looked, not applicable when it does not exist. */
const about =
  <P extends Part>(
    part: P,
    judge: (seen: Observed<P>, setting: Setting, all: InfrastructureObservation) => Verdict,
  ) =>
  ({ infrastructure }: ObservedFacts, setting: Setting): Verdict | undefined => {
    if (infrastructure === undefined) return undefined;
    const seen: InfrastructureObservation[P] = infrastructure[part];
    return seen === null ? notApplicable(ABSENT[part]) : judge(seen as Observed<P>, setting, infrastructure);
  };

const REDEPLOY = 'deploy again: it takes the resource back to its blueprint; then find out who changed it';

/** Controls of an account. What is there is judged, not what the templates ask for. */
export const INFRASTRUCTURE_CONTROLS: readonly Control[] = [
  { id: 'HM-NET-3', title: 'nobody on the internet reaches SSH', judge: about('network', openSsh) },
  {
    id: 'HM-NET-4',
    title: 'only the load balancer is open to the internet',
    judge: about('network', openIngress),
  },
  { id: 'HM-NET-5', title: 'traffic of the network is recorded', judge: about('network', flowLogs) },
  {
    id: 'HM-ALB-1',
    title: 'requests with invalid headers are not passed on',
    judge: about('loadBalancer', headers),
  },
  {
    id: 'HM-ALB-2',
    title: 'the load balancer is protected from deletion',
    judge: about('loadBalancer', protection),
  },
  { id: 'HM-ALB-3', title: 'requests are recorded', judge: about('loadBalancer', accessLogs) },
  {
    id: 'HM-TLS-2',
    title: 'listeners speak TLS 1.2 or newer only',
    judge: about('loadBalancer', tlsPolicies),
  },
  {
    id: 'HM-EC2-1',
    title: 'instances ask for a token before they tell who they are',
    judge: about('instances', imds),
  },
  { id: 'HM-EC2-2', title: 'volumes of the instances are encrypted', judge: about('instances', volumes) },
  { id: 'HM-EC2-3', title: 'instances are managed by Systems Manager', judge: about('instances', managed) },
  { id: 'HM-RDS-1', title: 'the database has no public address', judge: about('database', publicAddress) },
  { id: 'HM-RDS-2', title: 'the database is encrypted', judge: about('database', encryption) },
  { id: 'HM-RDS-3', title: 'the application alone reaches the database', judge: about('database', reach) },
  {
    id: 'HM-RDS-4',
    title: 'the database is backed up and protected from deletion',
    judge: about('database', backups),
  },
];

function openSsh({ sshOpen }: Observed<'network'>): Verdict {
  return sshOpen
    ? fail('a security group lets anybody in on port 22', REDEPLOY)
    : pass('no security group lets the internet in on port 22');
}

function openIngress({ openIngress: open }: Observed<'network'>): Verdict {
  if (open.length === 0) return pass('no rule lets the internet in, apart from the listeners');
  const rules = open.map(({ group, ports, source }) => `${group}: ${ports} from ${source}`);
  const lets = open.length === 1 ? 'lets' : 'let';
  return fail(`${counted(open.length, 'rule')} ${lets} the internet in: ${examples(rules)}`, REDEPLOY);
}

function flowLogs({ flowLogs: on }: Observed<'network'>): Verdict {
  return on
    ? pass('flow logs are on')
    : warn('flow logs are off: an intrusion would leave no trace in the network', REDEPLOY);
}

function headers({ dropsInvalidHeaders }: Observed<'loadBalancer'>): Verdict {
  return dropsInvalidHeaders
    ? pass('the load balancer drops invalid headers')
    : fail('the load balancer passes invalid headers on, which request smuggling lives on', REDEPLOY);
}

function protection({ deletionProtection }: Observed<'loadBalancer'>, { stage }: Setting): Verdict {
  if (deletionProtection) return pass('deletion protection is on');
  return stage === 'production'
    ? warn('deletion protection is off', REDEPLOY)
    : notApplicable('stage 1 is made to be removed');
}

function accessLogs({ accessLogs: on }: Observed<'loadBalancer'>): Verdict {
  return on ? pass('access logs are on') : warn('access logs are off', REDEPLOY);
}

/** Names of https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html without TLS 1.0 and 1.1 */
const MODERN_POLICY = /^ELBSecurityPolicy-(?:TLS13-1-[23]|TLS-1-2|FS-1-2)(?:-|$)/;

function tlsPolicies({ listeners }: Observed<'loadBalancer'>): Verdict {
  const encrypted = listeners.filter(({ protocol }) => protocol === 'HTTPS');
  if (encrypted.length === 0) return notApplicable('no listener speaks HTTPS: HM-TLS-1 is about that');
  const policies = encrypted.map(({ port, tlsPolicy }) => `${port}: ${tlsPolicy ?? 'no policy'}`);
  return encrypted.every(({ tlsPolicy }) => MODERN_POLICY.test(tlsPolicy ?? ''))
    ? pass(examples(policies))
    : fail(`clients may fall back to TLS 1.0 or 1.1 (${examples(policies)})`, REDEPLOY);
}

function imds({ ids, withoutImdsV2 }: Observed<'instances'>): Verdict {
  return withoutImdsV2.length === 0
    ? pass(`${counted(ids.length, 'instance')}, all with IMDSv2 only`)
    : fail(`${examples(withoutImdsV2)} would give their credentials to a forged request (IMDSv1)`, REDEPLOY);
}

function volumes({ ids, withUnencryptedVolume }: Observed<'instances'>): Verdict {
  return withUnencryptedVolume.length === 0
    ? pass(`${counted(ids.length, 'instance')}, all with encrypted volumes`)
    : fail(`volumes of ${examples(withUnencryptedVolume)} are not encrypted`, REDEPLOY);
}

function managed({ ids, unmanaged }: Observed<'instances'>): Verdict {
  return unmanaged.length === 0
    ? pass(`${counted(ids.length, 'instance')}, all in reach`)
    : warn(
        `Systems Manager does not reach ${examples(unmanaged)}`,
        'an instance that was just made takes a minute; when it stays, deploy again, which replaces it',
      );
}

function publicAddress({ publiclyAccessible }: Observed<'database'>): Verdict {
  return publiclyAccessible
    ? fail('the database has an address on the internet', REDEPLOY)
    : pass('it has an address of its network only');
}

function encryption({ encrypted }: Observed<'database'>): Verdict {
  return encrypted
    ? pass('its storage and its snapshots are encrypted')
    : fail(
        'its storage is not encrypted',
        'a database cannot be encrypted afterwards: restore an encrypted copy of a snapshot',
      );
}

function reach(
  { reachableFrom }: Observed<'database'>,
  _: Setting,
  { instances }: InfrastructureObservation,
): Verdict {
  const own = instances?.securityGroups;
  const strangers = reachableFrom.filter((source) =>
    own === undefined ? !source.startsWith('sg-') : !own.includes(source),
  );
  if (strangers.length > 0) return fail(`${examples(strangers)} may connect as well`, REDEPLOY);
  if (reachableFrom.length === 0) return pass('nobody may connect');
  return pass(
    own === undefined
      ? `members of ${examples(reachableFrom)} may connect`
      : `instances of the application may connect (${examples(reachableFrom)}), nobody else`,
  );
}

function backups(
  { deletionProtection, backupRetentionDays }: Observed<'database'>,
  { stage }: Setting,
): Verdict {
  const kept = `backups are kept ${counted(backupRetentionDays, 'day')}, deletion protection is ${deletionProtection ? 'on' : 'off'}`;
  if (backupRetentionDays > 0 && deletionProtection) return pass(kept);
  return stage === 'production'
    ? fail(kept, REDEPLOY)
    : notApplicable(`stage 1 keeps no backups, only a snapshot on removal (${kept})`);
}
