import {
  DescribeFlowLogsCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { InfrastructureObservation } from '../../../ports/infrastructure-inspection.ts';
import { asked } from '../aws-failure.ts';

type Network = NonNullable<InfrastructureObservation['network']>;

const SSH_PORT = 22;
const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** A filter, because a group that was removed meanwhile would fail the whole call. */
export async function describeSecurityGroups(
  { ec2 }: { readonly ec2: EC2Client },
  ids: readonly string[],
): Promise<readonly SecurityGroup[]> {
  if (ids.length === 0) return [];
  const { SecurityGroups = [] } = await asked(
    ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values: [...ids] }] })),
    'look at the security groups',
  );
  return SecurityGroups;
}

/** Whether the traffic of every one of these networks is recorded. */
export async function hasFlowLogs(
  { ec2 }: { readonly ec2: EC2Client },
  vpcIds: readonly string[],
): Promise<boolean> {
  if (vpcIds.length === 0) return false;
  const { FlowLogs = [] } = await asked(
    ec2.send(new DescribeFlowLogsCommand({ Filter: [{ Name: 'resource-id', Values: [...vpcIds] }] })),
    'look at the flow logs',
  );
  const recorded = new Set(
    FlowLogs.filter(({ FlowLogStatus }) => FlowLogStatus === 'ACTIVE').map(({ ResourceId }) => ResourceId),
  );
  return vpcIds.every((id) => recorded.has(id));
}

/** @param listeners groups of the load balancer, and the ports that anybody may reach through them */
export function observeIngress(
  groups: readonly SecurityGroup[],
  listeners: { readonly groups: readonly string[]; readonly ports: readonly number[] },
): Pick<Network, 'openIngress' | 'sshOpen'> {
  const open = groups.flatMap(({ GroupId = '', IpPermissions = [] }) =>
    IpPermissions.flatMap((permission) =>
      openSources(permission).map((source) => ({ group: GroupId, permission, source })),
    ),
  );
  const isListener = ({ group, permission }: (typeof open)[number]): boolean =>
    listeners.groups.includes(group) &&
    permission.FromPort !== undefined &&
    permission.FromPort === permission.ToPort &&
    listeners.ports.includes(permission.FromPort);
  return {
    openIngress: open
      .filter((rule) => !isListener(rule))
      .map(({ group, permission, source }) => ({ group, ports: portsOf(permission), source })),
    sshOpen: open.some(({ permission }) => covers(permission, SSH_PORT)),
  };
}

/** Addresses and groups that a rule lets in. */
export const sourcesOf = ({
  IpRanges,
  Ipv6Ranges,
  UserIdGroupPairs,
  PrefixListIds,
}: IpPermission): string[] => [
  ...(IpRanges ?? []).flatMap(({ CidrIp }) => CidrIp ?? []),
  ...(Ipv6Ranges ?? []).flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
  ...(UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []),
  ...(PrefixListIds ?? []).flatMap(({ PrefixListId }) => PrefixListId ?? []),
];

const openSources = (permission: IpPermission): string[] =>
  sourcesOf(permission).filter((source) => ANYWHERE.includes(source));

/** A rule for all protocols names no ports. */
const isAll = ({ IpProtocol, FromPort }: IpPermission): boolean =>
  IpProtocol === '-1' || FromPort === undefined;

const covers = (permission: IpPermission, port: number): boolean =>
  isAll(permission) || ((permission.FromPort ?? 0) <= port && port <= (permission.ToPort ?? 0));

function portsOf(permission: IpPermission): string {
  if (isAll(permission)) return 'all';
  const { FromPort, ToPort } = permission;
  return FromPort === ToPort ? String(FromPort) : `${FromPort}-${ToPort}`;
}
