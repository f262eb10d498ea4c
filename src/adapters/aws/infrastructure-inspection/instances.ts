import {
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Instance,
} from '@aws-sdk/client-ec2';
import { DescribeInstanceInformationCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { InfrastructureObservation } from '../../../ports/infrastructure-inspection.ts';
import { asked } from '../aws-failure.ts';

export interface InstanceSources {
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
}

export async function describeRunningInstances(
  { ec2 }: Pick<InstanceSources, 'ec2'>,
  deploymentId: string,
): Promise<readonly Instance[]> {
  const { Reservations = [] } = await asked(
    ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'tag:hivemind:deployment', Values: [deploymentId] },
          { Name: 'instance-state-name', Values: ['pending', 'running'] },
        ],
      }),
    ),
    'look at the instances',
  );
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

export async function observeInstances(
  sources: InstanceSources,
  machines: readonly Instance[],
): Promise<InfrastructureObservation['instances']> {
  if (machines.length === 0) return null;
  const ids = machines.map(idOf);
  const [unencrypted, managed] = await Promise.all([
    unencryptedVolumes(sources, machines),
    managedInstances(sources, ids),
  ]);
  return {
    ids,
    securityGroups: [
      ...new Set(
        machines.flatMap(({ SecurityGroups = [] }) => SecurityGroups.flatMap(({ GroupId }) => GroupId ?? [])),
      ),
    ],
    withoutImdsV2: machines.filter(answersWithoutToken).map(idOf),
    withUnencryptedVolume: machines
      .filter((machine) => volumesOf(machine).some((id) => unencrypted.has(id)))
      .map(idOf),
    unmanaged: ids.filter((id) => !managed.has(id)),
  };
}

const idOf = ({ InstanceId = '' }: Instance): string => InstanceId;

const answersWithoutToken = ({ MetadataOptions }: Instance): boolean =>
  MetadataOptions?.HttpEndpoint !== 'disabled' && MetadataOptions?.HttpTokens !== 'required';

const volumesOf = ({ BlockDeviceMappings = [] }: Instance): string[] =>
  BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);

async function unencryptedVolumes(
  { ec2 }: InstanceSources,
  machines: readonly Instance[],
): Promise<ReadonlySet<string>> {
  const ids = machines.flatMap(volumesOf);
  if (ids.length === 0) return new Set();
  const { Volumes = [] } = await asked(
    ec2.send(new DescribeVolumesCommand({ Filters: [{ Name: 'volume-id', Values: ids }] })),
    'look at the volumes',
  );
  return new Set(Volumes.flatMap(({ VolumeId, Encrypted }) => (Encrypted === true ? [] : (VolumeId ?? []))));
}

/** Those that Systems Manager heard from lately. */
async function managedInstances(
  { ssm }: InstanceSources,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { InstanceInformationList = [] } = await asked(
    ssm.send(new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [...ids] }] })),
    'look at what Systems Manager manages',
  );
  return new Set(
    InstanceInformationList.flatMap(({ InstanceId, PingStatus }) =>
      PingStatus === 'Online' ? (InstanceId ?? []) : [],
    ),
  );
}
