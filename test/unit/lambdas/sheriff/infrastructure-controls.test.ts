import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { CONTROLS, judgeControls } from '../../../../lambdas/sheriff/controls.ts';
import type { ObservedFacts } from '../../../../lambdas/sheriff/facts.ts';
import { INFRASTRUCTURE_CONTROLS } from '../../../../lambdas/sheriff/infrastructure-controls.ts';
import type { Setting } from '../../../../lambdas/sheriff/verdict.ts';
import type { ControlFinding } from '../../../../src/domain/verification.ts';
import type { InfrastructureObservation } from '../../../../src/ports/infrastructure-inspection.ts';

const PRODUCTION: Setting = { target: 'aws', stage: 'production' };
const STAGE_1: Setting = { target: 'aws', stage: 'stage-1' };

type Part<Name extends keyof InfrastructureObservation> = NonNullable<InfrastructureObservation[Name]>;
interface Whole {
  readonly network: Part<'network'>;
  readonly loadBalancer: Part<'loadBalancer'>;
  readonly instances: Part<'instances'>;
  readonly database: Part<'database'>;
}

const GOOD: Whole = {
  network: { openIngress: [], sshOpen: false, flowLogs: true },
  loadBalancer: {
    listeners: [{ port: 443, protocol: 'HTTPS', tlsPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' }],
    dropsInvalidHeaders: true,
    deletionProtection: true,
    accessLogs: true,
  },
  instances: {
    ids: ['i-1', 'i-2'],
    securityGroups: ['sg-application'],
    withoutImdsV2: [],
    withUnencryptedVolume: [],
    unmanaged: [],
  },
  database: {
    publiclyAccessible: false,
    encrypted: true,
    deletionProtection: true,
    backupRetentionDays: 7,
    reachableFrom: ['sg-application'],
  },
};

type Change = { readonly [Name in keyof Whole]?: Partial<Whole[Name]> };

const changed = (change: Change): InfrastructureObservation => ({
  network: { ...GOOD.network, ...change.network },
  loadBalancer: { ...GOOD.loadBalancer, ...change.loadBalancer },
  instances: { ...GOOD.instances, ...change.instances },
  database: { ...GOOD.database, ...change.database },
});

function judge(control: string, facts: ObservedFacts, setting = PRODUCTION): ControlFinding | undefined {
  return judgeControls(facts, setting).find((finding) => finding.control === control);
}

const listening = (tlsPolicy: string): Change => ({
  loadBalancer: { listeners: [{ port: 443, protocol: 'HTTPS', tlsPolicy }] },
});

const BAD: readonly (readonly [string, 'fail' | 'warn', Change])[] = [
  ['HM-NET-3', 'fail', { network: { sshOpen: true } }],
  ['HM-NET-4', 'fail', { network: { openIngress: [{ group: 'sg-1', ports: '0-65535', source: '::/0' }] } }],
  ['HM-NET-5', 'warn', { network: { flowLogs: false } }],
  ['HM-ALB-1', 'fail', { loadBalancer: { dropsInvalidHeaders: false } }],
  ['HM-ALB-2', 'warn', { loadBalancer: { deletionProtection: false } }],
  ['HM-ALB-3', 'warn', { loadBalancer: { accessLogs: false } }],
  ['HM-TLS-2', 'fail', listening('ELBSecurityPolicy-2016-08')],
  ['HM-EC2-1', 'fail', { instances: { withoutImdsV2: ['i-2'] } }],
  ['HM-EC2-2', 'fail', { instances: { withUnencryptedVolume: ['i-2'] } }],
  ['HM-EC2-3', 'warn', { instances: { unmanaged: ['i-2'] } }],
  ['HM-RDS-1', 'fail', { database: { publiclyAccessible: true } }],
  ['HM-RDS-2', 'fail', { database: { encrypted: false } }],
  ['HM-RDS-3', 'fail', { database: { reachableFrom: ['sg-application', '10.0.0.0/8'] } }],
  ['HM-RDS-4', 'fail', { database: { backupRetentionDays: 0 } }],
];

describe('controls of the infrastructure', () => {
  test('pass where everything is as the blueprints make it', () => {
    const findings = judgeControls({ infrastructure: GOOD }, PRODUCTION);
    expect(findings.map(({ control }) => control)).toEqual(INFRASTRUCTURE_CONTROLS.map(({ id }) => id));
    expect(findings.map(({ result }) => result)).toEqual(findings.map(() => 'pass'));
  });

  test.each(BAD)('%s gives: %s', (control, result, change) => {
    const finding = judge(control, { infrastructure: changed(change) });
    expect(finding).toMatchObject({ result, mend: expect.stringMatching(/^\w.*[^.]$/) });
    expect(finding?.evidence).not.toBe(judge(control, { infrastructure: GOOD })?.evidence);
  });

  test('can all fail or warn', () => {
    expect(BAD.map(([control]) => control)).toEqual(INFRASTRUCTURE_CONTROLS.map(({ id }) => id));
  });

  test('claim nothing where nobody looked', () => {
    expect(judgeControls({}, PRODUCTION)).toEqual([]);
  });

  test('do not apply to what does not exist', () => {
    const infrastructure = { network: null, loadBalancer: null, instances: null, database: null };
    const findings = judgeControls({ infrastructure }, PRODUCTION);
    expect(findings).toHaveLength(INFRASTRUCTURE_CONTROLS.length);
    for (const finding of findings) expect(finding).toMatchObject({ result: 'not-applicable', mend: null });
  });

  test.each(['HM-ALB-2', 'HM-RDS-4'])('%s is for production', (control) => {
    const change = { loadBalancer: { deletionProtection: false }, database: { deletionProtection: false } };
    expect(judge(control, { infrastructure: changed(change) }, STAGE_1)?.result).toBe('not-applicable');
  });

  test.each([
    ['ELBSecurityPolicy-TLS13-1-3-2021-06', 'pass'],
    ['ELBSecurityPolicy-TLS13-1-2-Res-2021-06', 'pass'],
    ['ELBSecurityPolicy-FS-1-2-Res-2020-10', 'pass'],
    ['ELBSecurityPolicy-TLS-1-2-2017-01', 'pass'],
    ['ELBSecurityPolicy-TLS13-1-1-2021-06', 'fail'],
    ['ELBSecurityPolicy-TLS13-1-0-2021-06', 'fail'],
    ['ELBSecurityPolicy-TLS-1-1-2017-01', 'fail'],
    ['ELBSecurityPolicy-FS-2018-06', 'fail'],
  ])('%s: %s', (policy, result) => {
    expect(judge('HM-TLS-2', { infrastructure: changed(listening(policy)) })?.result).toBe(result);
  });

  test('HM-TLS-2 leaves plain HTTP to HM-TLS-1', () => {
    const listeners = [{ port: 80, protocol: 'HTTP', tlsPolicy: null }];
    const infrastructure = changed({ loadBalancer: { listeners } });
    const listener = { host: 'shop.eu-west-1.elb.amazonaws.com', tls: false };
    expect(judge('HM-TLS-2', { infrastructure })?.result).toBe('not-applicable');
    expect(judge('HM-TLS-1', { listener })?.result).toBe('fail');
    expect(judge('HM-TLS-1', { listener }, STAGE_1)).toMatchObject({
      result: 'warn',
      evidence: expect.stringContaining('the listener has no certificate'),
    });
  });

  test('leave out what is about one machine', () => {
    const listener = { host: 'shop.eu-west-1.elb.amazonaws.com', tls: true };
    const findings = judgeControls({ listener, databaseHost: 'shop.rds.amazonaws.com' }, PRODUCTION);
    expect(findings.map(({ control }) => control)).toEqual(['HM-TLS-1']);
  });

  test('are all in the documentation', async () => {
    const text = await readFile(new URL('../../../../docs/security.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| `(HM-[A-Z0-9]+-\d+)` \|/gm)].map(([, id]) => id);
    expect(documented.sort()).toEqual(CONTROLS.map(({ id }) => id).sort());
  });

  test('have ids of their own', () => {
    const ids = CONTROLS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
