import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { BOOT_VALUES, bootScript, userDataParts } from '../../lib/deployment/boot/script.ts';

type Json = { readonly [key: string]: Json } & { readonly [index: number]: Json };
interface Template {
  readonly Resources: { readonly [id: string]: Json };
}

const VARIANTS = ['web', 'worker'].flatMap((kind) =>
  ['stage-1', 'production'].flatMap((stage) => [`${kind}-${stage}`, `${kind}-${stage}-database`]),
);
const template = (variant: string): Template =>
  JSON.parse(readFileSync(new URL(`../../blueprints/compute.${variant}.json`, import.meta.url), 'utf8'));
const launchTemplate = (variant: string): Json =>
  template(variant).Resources['LaunchTemplate']?.['Properties']?.['LaunchTemplateData'] as Json;

describe.each(VARIANTS)('%s', (variant) => {
  test('lets instances be commanded through Systems Manager only, with sessions of the metadata service', () => {
    const data = launchTemplate(variant);
    expect(data).toMatchObject({
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      Monitoring: { Enabled: true },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3' } }],
    });
    expect(Object.keys(data)).not.toContain('KeyName');
  });

  test('takes requests from its load balancer, if it has one, and from nobody else', () => {
    const ingress = template(variant).Resources['SecurityGroup']?.['Properties']?.['SecurityGroupIngress'];
    const only = {
      FromPort: 8080,
      ToPort: 8080,
      IpProtocol: 'tcp',
      Description: 'the load balancer',
      SourceSecurityGroupId: { 'Fn::ImportValue': { 'Fn::Sub': `\${LoadBalancerStack}-SecurityGroupId` } },
    };
    expect(ingress).toEqual(variant.startsWith('web') ? [only] : undefined);
  });

  test('carries the group that may connect to the database, if it has one', () => {
    const groups = JSON.stringify(launchTemplate(variant)['NetworkInterfaces']?.[0]?.['Groups']);
    expect(groups.includes(`\${DatabaseStack}-ClientSecurityGroupId`)).toBe(variant.endsWith('-database'));
  });

  test('has a public address where its network has no NAT gateway, whatever the stage', () => {
    const [networkInterface] = launchTemplate(variant)['NetworkInterfaces'] as unknown as readonly Json[];
    const isPublic = { 'Fn::If': ['HasPublicAddress', true, false] };
    expect(networkInterface?.['AssociatePublicIpAddress']).toEqual(isPublic);
    expect(template(variant)).toMatchObject({
      Conditions: { HasPublicAddress: { 'Fn::Equals': [{ Ref: 'PublicAddress' }, 'true'] } },
    });
  });

  test('waits for as many signals as there are instances, and checks health where the traffic comes in', () => {
    const group = template(variant).Resources['AutoScalingGroup'];
    expect(group).toMatchObject({
      CreationPolicy: { ResourceSignal: { Count: { Ref: 'InstanceCount' }, Timeout: 'PT15M' } },
      UpdatePolicy: {
        AutoScalingRollingUpdate: {
          'Fn::If': [
            'ReplacesInstances',
            { WaitOnResourceSignals: true, MaxBatchSize: 1 },
            { Ref: 'AWS::NoValue' },
          ],
        },
      },
      Properties: {
        AutoScalingGroupName: { Ref: 'AWS::StackName' },
        HealthCheckType: variant.startsWith('web') ? 'ELB' : 'EC2',
      },
    });
  });

  test('replaces no instance that was given its release in place, and starts those that are launched later', () => {
    expect(template(variant)).toMatchObject({
      Parameters: { InPlace: { Default: 'false' } },
      Conditions: {
        ReplacesInstances: { 'Fn::Equals': [{ Ref: 'InPlace' }, 'false'] },
        StartsOnBoot: {
          'Fn::Or': [
            { 'Fn::Equals': [{ Ref: 'StartOnBoot' }, 'true'] },
            { 'Fn::Equals': [{ Ref: 'InPlace' }, 'true'] },
          ],
        },
      },
    });
  });

  test('tags what CloudFormation does not tag by itself with all that a stack is found and billed by', () => {
    const { LaunchTemplate, AutoScalingGroup } = template(variant).Resources;
    type Tags = readonly { readonly Key: string; readonly Value: unknown }[];
    const specifications = [
      LaunchTemplate?.['Properties']?.['TagSpecifications'],
      launchTemplate(variant)['TagSpecifications'],
    ].flatMap((each) => each as unknown as Json[]);
    const kinds = ['launch-template', 'instance', 'volume', 'network-interface'];
    expect(specifications.map((each) => each['ResourceType'])).toEqual(kinds);
    const tagged = [
      ...specifications.map((each) => each['Tags']),
      AutoScalingGroup?.['Properties']?.['Tags'],
    ];
    for (const tags of tagged as unknown as Tags[]) {
      const values = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
      expect(values).toMatchObject({
        'hivemind:deployment': { Ref: 'DeploymentId' },
        'hivemind:stage': variant.includes('stage-1') ? 'stage-1' : 'production',
        'hivemind:color': { Ref: 'Color' },
        'hivemind:release': { Ref: 'Release' },
        'hivemind:owner': { Ref: 'Owner' },
      });
    }
  });

  test('gives its instances no more than they need, under the permissions boundary', () => {
    const { InstanceRole, InstancePolicy } = template(variant).Resources;
    expect(InstanceRole?.['Properties']?.['PermissionsBoundary']).toEqual({ Ref: 'PermissionsBoundaryArn' });
    const statements = InstancePolicy?.['Properties']?.['PolicyDocument']?.[
      'Statement'
    ] as unknown as readonly Json[];
    const text = JSON.stringify(statements);
    expect(text).not.toMatch(/"[a-z0-9]+:\*"|"[a-z0-9]+:[A-Za-z]+\*"/);
    const everywhere = statements.filter((statement) => (statement['Resource'] as unknown) === '*');
    expect(everywhere.map((statement) => statement['Sid'])).toEqual(['Messages', 'Metrics']);
  });
});

describe('the user data', () => {
  /** Base64 of the longest that a parameter of a template can be. */
  const longest = (name: string): string =>
    'A'.repeat(Math.ceil((name === 'PROCESSES' ? 4096 : 200) / 3) * 4);

  test('has room for parameters of every length', () => {
    const size = Buffer.byteLength(userDataParts(longest).join(''));
    expect(size).toBeLessThan(16_384);
  });

  test('gives the script all that it reads', () => {
    const read = new Set(bootScript().match(/BOOT_[A-Z_]+/g));
    expect(BOOT_VALUES.map((name) => `BOOT_${name}`)).toEqual(expect.arrayContaining([...read]));
  });

  test('is a script that bash can read', () => {
    const input = userDataParts(() => 'AA==').join('');
    expect(spawnSync('bash', ['-n'], { input, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});
