import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { awsCosts } from '../../../../src/adapters/aws/costs.ts';
import { ENVIRONMENT_STAGES } from '../../../../src/domain/deployment.ts';
import { BLUEPRINTS, type BlueprintName } from '../../../../src/domain/stack.ts';

const resourceShape = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const templateShape = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.string().optional() })),
  Resources: z.record(z.string(), resourceShape),
});

const template = (name: string) =>
  templateShape.parse(
    JSON.parse(readFileSync(new URL(`../../../../blueprints/${name}.json`, import.meta.url), 'utf8')),
  );

const properties = (name: string, type: string): readonly Readonly<Record<string, unknown>>[] =>
  Object.values(template(name).Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);

async function linesOf(
  stage: (typeof ENVIRONMENT_STAGES)[number],
  blueprint: BlueprintName,
): Promise<string> {
  const { items } = await awsCosts.estimate(stage, BLUEPRINTS);
  return items
    .filter((item) => item.blueprint === blueprint)
    .map(({ what }) => what)
    .join('\n');
}

describe('the estimate counts what the blueprints make', () => {
  test('network', async () => {
    expect(properties('network.stage-1', 'AWS::EC2::NatGateway')).toHaveLength(0);
    expect(await linesOf('stage-1', 'network')).not.toContain('NAT');
    expect(properties('network.production', 'AWS::EC2::NatGateway')).toHaveLength(2);
    expect(await linesOf('production', 'network')).toContain('2 NAT gateways');
  });

  test('load balancer', async () => {
    expect(properties('load-balancer.https', 'AWS::SecretsManager::Secret')).toHaveLength(1);
    expect(await linesOf('production', 'load-balancer')).toContain('2 public IPv4 addresses');
  });

  test.each(ENVIRONMENT_STAGES.map((stage) => [stage]))('database of %s', async (stage) => {
    const lines = await linesOf(stage, 'database');
    for (const engine of ['postgres', 'mysql']) {
      const name = `database.${engine}-${stage}`;
      const [instance = {}] = properties(name, 'AWS::RDS::DBInstance');
      expect(lines).toContain(String(instance['DBInstanceClass']));
      expect(lines.includes('Multi-AZ')).toBe(instance['MultiAZ']);
      expect(lines).toContain(`${instance['AllocatedStorage']} GB of storage`);
      const secrets = properties(name, 'AWS::SecretsManager::Secret');
      expect(lines).toContain(`${secrets.length} secrets`);
    }
  });

  test.each([
    ['web', ['load-balancer']],
    ['web-database', ['load-balancer', 'database']],
    ['worker', []],
    ['worker-database', ['database']],
  ] satisfies [string, BlueprintName[]][])('monitoring of %s', async (variant, others) => {
    const metrics = properties(`monitoring.${variant}`, 'AWS::CloudWatch::Alarm')
      .flatMap(({ Metrics }) => z.array(z.object({ MetricStat: z.unknown().optional() })).parse(Metrics))
      .filter(({ MetricStat }) => MetricStat !== undefined);
    const { items } = await awsCosts.estimate('stage-1', ['monitoring', ...others]);
    expect(items.map(({ what }) => what)).toContain(`${metrics.length} metrics that alarms watch`);
  });

  test.each(ENVIRONMENT_STAGES.map((stage) => [stage]))('compute of %s', async (stage) => {
    const type = template(`compute.web-${stage}`).Parameters['InstanceType']?.Default;
    expect(await linesOf(stage, 'compute')).toContain(`${type} instance`);
  });
});

test('a web application without a database costs what its lines say', async () => {
  const { monthlyUsd, note } = await awsCosts.estimate('stage-1', [
    'network',
    'load-balancer',
    'monitoring',
    'compute',
  ]);
  // 0.25 network, 29.97 load balancer, 4.90 monitoring, 21.51 compute
  expect(monthlyUsd).toBeCloseTo(56.63, 2);
  expect(note).toMatch(/us-east-1, 2026-11, from https:.*not counted: data transfer/);
});
