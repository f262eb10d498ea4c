import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { GATES } from '../../src/adapters/aws/traffic-observation/alarms.ts';

const FOLDER = new URL('../../blueprints/', import.meta.url);

const resourceShape = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
const templateShape = z.object({ Resources: z.record(z.string(), resourceShape) });
type Resource = z.infer<typeof resourceShape>;

/** Name of the template → its resources of one type, by logical id. */
const resources = (
  blueprint: string,
  type: string,
): readonly [string, Readonly<Record<string, Resource>>][] =>
  readdirSync(FOLDER)
    .filter((file) => file.startsWith(`${blueprint}.`))
    .map((file) => {
      const { Resources } = templateShape.parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
      return [file, Object.fromEntries(Object.entries(Resources).filter(([, { Type }]) => Type === type))];
    });

const settingsOf = (attributes: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    z
      .array(z.object({ Key: z.string(), Value: z.unknown() }))
      .parse(attributes)
      .map(({ Key, Value }) => [Key, Value]),
  );

describe('network', () => {
  test('gives no public address by itself, keeps databases off the internet, and records who talks to whom', () => {
    for (const [, subnets] of resources('network', 'AWS::EC2::Subnet')) {
      const zones = Object.values(subnets).map(({ Properties }) =>
        JSON.stringify(Properties['AvailabilityZone']),
      );
      expect(new Set(zones).size).toBe(2);
      for (const { Properties } of Object.values(subnets))
        expect(Properties['MapPublicIpOnLaunch']).toBe(false);
    }
    for (const [, routes] of resources('network', 'AWS::EC2::Route')) {
      const tables = Object.values(routes).map(({ Properties }) =>
        JSON.stringify(Properties['RouteTableId']),
      );
      expect(tables.filter((table) => table.includes('Isolated'))).toEqual([]);
    }
    for (const [, logs] of resources('network', 'AWS::EC2::FlowLog')) {
      expect(Object.values(logs).map(({ Properties }) => Properties['TrafficType'])).toEqual(['ALL']);
    }
  });
});

describe('load balancer', () => {
  test('drops invalid headers, logs who came, and is protected when asked to be', () => {
    for (const [, { LoadBalancer }] of resources(
      'load-balancer',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    )) {
      expect(settingsOf(LoadBalancer?.Properties['LoadBalancerAttributes'])).toMatchObject({
        'access_logs.s3.enabled': 'true',
        'access_logs.s3.bucket': { Ref: 'AccessLogBucket' },
        'routing.http.drop_invalid_header_fields.enabled': 'true',
        'deletion_protection.enabled': { Ref: 'DeletionProtection' },
      });
    }
  });

  test('speaks TLS 1.3, and sends plain HTTP there', () => {
    const listeners = Object.fromEntries(resources('load-balancer', 'AWS::ElasticLoadBalancingV2::Listener'));
    const { Listener, RedirectListener } = listeners['load-balancer.https.json'] ?? {};
    expect(Listener?.Properties).toMatchObject({
      Protocol: 'HTTPS',
      SslPolicy: expect.stringContaining('TLS13'),
    });
    expect(RedirectListener?.Properties).toMatchObject({
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', StatusCode: 'HTTP_301' } }],
    });
    expect(Object.keys(listeners['load-balancer.http.json'] ?? {})).toEqual(['Listener']);
  });

  test('finds out within ten seconds that a target is well or ill', () => {
    for (const [, groups] of resources('load-balancer', 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
      expect(Object.keys(groups)).toEqual(['BlueTargetGroup', 'GreenTargetGroup']);
      for (const { Properties } of Object.values(groups)) {
        expect(Properties).toMatchObject({
          Port: 8080,
          HealthCheckIntervalSeconds: 5,
          HealthCheckTimeoutSeconds: 3,
          HealthyThresholdCount: 2,
          UnhealthyThresholdCount: 2,
          Matcher: { HttpCode: '200-399' },
        });
      }
    }
  });
});

describe('database', () => {
  test('is encrypted, closed, and leaves a snapshot', () => {
    for (const [file, { Instance }] of resources('database', 'AWS::RDS::DBInstance')) {
      const inProduction = file.includes('production');
      expect(Instance).toMatchObject({ DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' });
      expect(Instance?.Properties).toMatchObject({
        StorageEncrypted: true,
        PubliclyAccessible: false,
        MultiAZ: inProduction,
        DeletionProtection: inProduction,
        BackupRetentionPeriod: inProduction ? 14 : 0,
        MonitoringInterval: 60,
      });
    }
  });

  test('lets in who carries the client group, through TLS', () => {
    for (const [, { SecurityGroup }] of resources('database', 'AWS::EC2::SecurityGroup')) {
      expect(SecurityGroup?.Properties['SecurityGroupIngress']).toEqual([
        expect.objectContaining({
          SourceSecurityGroupId: { 'Fn::GetAtt': ['ClientSecurityGroup', 'GroupId'] },
        }),
      ]);
    }
    for (const [, { ParameterGroup }] of resources('database', 'AWS::RDS::DBParameterGroup')) {
      const parameters = JSON.stringify(ParameterGroup?.Properties['Parameters']);
      expect(parameters).toMatch(/"(?:rds\.force_ssl|require_secure_transport)":"1"/);
    }
  });
});

describe('an upgrade of a database', () => {
  /** Whatever is not here stays as it is. All of it can be changed without replacing the instance. */
  const CHANGED = [
    'BackupRetentionPeriod',
    'DBInstanceClass',
    'DatabaseInsightsMode',
    'DeletionProtection',
    'EnablePerformanceInsights',
    'MultiAZ',
    'PerformanceInsightsRetentionPeriod',
  ];
  const databaseOf = (engine: string, stage: string) => {
    const file = new URL(`database.${engine}-${stage}.json`, FOLDER);
    const { Resources, Outputs } = z
      .object({ Resources: z.record(z.string(), resourceShape), Outputs: z.unknown() })
      .parse(JSON.parse(readFileSync(file, 'utf8')));
    const { Instance, ...others } = Resources;
    return { properties: Instance?.Properties ?? {}, others, Outputs };
  };

  test.each(['postgres', 'mysql'])(
    'of %s replaces nothing and changes nothing that another stack imports',
    (engine) => {
      const before = databaseOf(engine, 'stage-1');
      const after = databaseOf(engine, 'production');
      const names = Object.keys({ ...before.properties, ...after.properties });
      const differs = (name: string) =>
        JSON.stringify(before.properties[name]) !== JSON.stringify(after.properties[name]);
      expect(names.filter(differs).sort()).toEqual(CHANGED);
      expect(after.Outputs).toEqual(before.Outputs);
      expect(after.others).toEqual(before.others);
    },
  );
});

describe('monitoring', () => {
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

  test('alarms tell somebody, say what to do, and never go off for want of data', () => {
    for (const [, alarms] of resources('monitoring', 'AWS::CloudWatch::Alarm')) {
      for (const { Properties } of Object.values(alarms)) {
        expect(Properties).toMatchObject({
          AlarmActions: [{ Ref: 'AlarmTopicArn' }],
          TreatMissingData: 'notBreaching',
        });
        const [, anchor] = /docs\/runbook\.md#([a-z-]+)$/.exec(String(Properties['AlarmDescription'])) ?? [];
        expect(runbook).toContain(`\n### ${anchor}\n`);
      }
    }
  });

  test('has the alarms that are gates of a swap wherever there is traffic', () => {
    for (const [file, alarms] of resources('monitoring', 'AWS::CloudWatch::Alarm')) {
      const names = Object.values(alarms).map(({ Properties }) => JSON.stringify(Properties['AlarmName']));
      const missing = GATES.filter((gate) => !names.some((name) => name.includes(`"-${gate}"`)));
      expect([file, missing]).toEqual([file, file.includes('web') ? [] : [...GATES]]);
    }
  });
});
