import { type AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
  ListDashboardsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  type CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  type DescribeLogStreamsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  ListSecretsCommand,
  type ListSecretsCommandOutput,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { COLORS } from '../../../domain/deployment.ts';
import { stackName } from '../../../domain/stack.ts';
import type { Resource } from '../../../ports/resource-inventory.ts';
import { asked, askedUnless } from '../aws-failure.ts';
import { existingSecrets } from '../secrets/existence.ts';

/** What is found by the names that things of a deployment have. */
export interface NamedFacts {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly secretsManager: SecretsManagerClient;
  readonly controlPlane: { readonly logGroup: string };
}

/** An auto scaling group has the name of its compute stack. */
export async function autoScalingGroupsOf(
  { autoScaling }: NamedFacts,
  deploymentId: string,
): Promise<Resource[]> {
  const AutoScalingGroupNames = COLORS.map((color) => stackName(deploymentId, 'compute', color));
  const { AutoScalingGroups = [] } = await asked(
    autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames })),
    `look for auto scaling groups of ${deploymentId}`,
  );
  return AutoScalingGroups.map(({ AutoScalingGroupName: id = '' }) => ({ type: 'auto-scaling-group', id }));
}

/** A dashboard has the id of its deployment for a name. */
export async function dashboardsOf({ cloudWatch }: NamedFacts, deploymentId: string): Promise<Resource[]> {
  const { DashboardEntries = [] } = await asked(
    cloudWatch.send(new ListDashboardsCommand({ DashboardNamePrefix: deploymentId })),
    `look for the dashboard of ${deploymentId}`,
  );
  return DashboardEntries.filter(({ DashboardName }) => DashboardName === deploymentId).map(() => ({
    type: 'dashboard',
    id: deploymentId,
  }));
}

export async function alarmsOf({ cloudWatch }: NamedFacts, deploymentId: string): Promise<Resource[]> {
  const found: Resource[] = [];
  let NextToken: string | undefined;
  do {
    const page: DescribeAlarmsCommandOutput = await asked(
      cloudWatch.send(
        new DescribeAlarmsCommand({
          AlarmNamePrefix: `${deploymentId}-`,
          ...(NextToken && { NextToken }),
        }),
      ),
      `look for alarms of ${deploymentId}`,
    );
    found.push(...(page.MetricAlarms ?? []).map(({ AlarmName: id = '' }) => ({ type: 'alarm', id })));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** Those of its stacks as well; one that is planned for deletion is gone. */
export async function secretsOf({ secretsManager }: NamedFacts, deploymentId: string): Promise<Resource[]> {
  const prefix = `hivemind/${deploymentId}/`;
  const listed: { readonly arn: string; readonly name: string }[] = [];
  let NextToken: string | undefined;
  do {
    const page: ListSecretsCommandOutput = await asked(
      secretsManager.send(
        new ListSecretsCommand({
          Filters: [{ Key: 'name', Values: [prefix] }],
          ...(NextToken && { NextToken }),
        }),
      ),
      `look for secrets of ${deploymentId}`,
    );
    listed.push(
      ...(page.SecretList ?? []).flatMap(({ ARN: arn, Name: name }) =>
        arn !== undefined && name?.startsWith(prefix) ? { arn, name } : [],
      ),
    );
    NextToken = page.NextToken;
  } while (NextToken);
  const there = await existingSecrets(secretsManager, listed);
  return there.map(({ name: id }) => ({ type: 'secret', id }));
}

export async function logStreamsOf(
  { logs, controlPlane }: NamedFacts,
  deploymentId: string,
): Promise<Resource[]> {
  const found: Resource[] = [];
  let nextToken: string | undefined;
  do {
    const page: DescribeLogStreamsCommandOutput | undefined = await askedUnless(
      logs.send(
        new DescribeLogStreamsCommand({
          logGroupName: controlPlane.logGroup,
          logStreamNamePrefix: `${deploymentId}/`,
          ...(nextToken && { nextToken }),
        }),
      ),
      ['ResourceNotFoundException'],
      `look for logs of ${deploymentId}`,
    );
    found.push(...(page?.logStreams ?? []).map(({ logStreamName: id = '' }) => ({ type: 'log-stream', id })));
    nextToken = page?.nextToken;
  } while (nextToken);
  return found;
}
