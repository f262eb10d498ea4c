import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, type EC2Client, type Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import type { InstanceAnswer, ProcessStatus } from '../../../contracts/instance-program.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Instance } from '../../../ports/instance-commands.ts';
import { asked } from '../aws-failure.ts';
import type { InstanceReply } from './instance-program-call.ts';

/** `$PORT` of the exposed process on every instance. */
export const INSTANCE_PORT = 8080;

/** An EC2 instance as the control plane of AWS knows it, before it was asked itself. */
export interface FleetMember {
  readonly id: string;
  readonly stack: string;
  readonly host: string;
  readonly exposed: boolean;
  /** Whether AWS counts it as in service: booted, and neither starting nor ending. */
  readonly inService: boolean;
}

/** Members of the auto scaling group that is named like the compute stack, without those on their way out. */
export async function membersOf(
  { autoScaling, ec2 }: { readonly autoScaling: AutoScalingClient; readonly ec2: EC2Client },
  stack: string,
): Promise<readonly FleetMember[]> {
  const { AutoScalingGroups: [group] = [] } = await asked(
    autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [stack] })),
    `look up the instances of "${stack}"`,
  );
  const staying = (group?.Instances ?? []).filter(
    ({ LifecycleState = '' }) => !/^(Terminat|Detach)/.test(LifecycleState),
  );
  const inService = new Set(
    staying.flatMap(({ InstanceId, LifecycleState }) =>
      InstanceId !== undefined && LifecycleState === 'InService' ? [InstanceId] : [],
    ),
  );
  const machines = await describeInstances(
    ec2,
    staying.flatMap(({ InstanceId }) => InstanceId ?? []),
  );
  return machines
    .map((machine) => memberOf(machine, stack, isWeb(group?.Tags), inService))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

const memberOf = (
  { InstanceId = '', PrivateIpAddress = '', State, Tags }: Ec2Instance,
  stack: string,
  webGroup: boolean,
  inService: ReadonlySet<string>,
): FleetMember => ({
  id: InstanceId,
  stack,
  host: PrivateIpAddress,
  exposed: webGroup || isWeb(Tags),
  inService: inService.has(InstanceId) && State?.Name === 'running',
});

/** Variants of the compute blueprint are called `web-...` when the load balancer reaches them. */
const isWeb = (tags: AutoScalingGroup['Tags'] | Ec2Instance['Tags']): boolean =>
  (tags ?? []).some(({ Key, Value }) => Key === 'hivemind:variant' && Value?.startsWith('web'));

/** Those of these instances that AWS knows; a filter, because a missing id would fail the whole call. */
export async function describeInstances(
  ec2: EC2Client,
  ids: readonly string[],
): Promise<readonly Ec2Instance[]> {
  if (ids.length === 0) return [];
  const { Reservations = [] } = await asked(
    ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [...ids] }] })),
    `look up the instances ${ids.join(', ')}`,
  );
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

/** These instances by id, with the compute stack that each belongs to. @throws {HiveMindError} InstanceNotFound */
export async function requireMembers(
  ec2: EC2Client,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FleetMember>> {
  const machines = await describeInstances(ec2, ids);
  const members = machines.map((machine) => {
    const { InstanceId = '' } = machine;
    return [InstanceId, memberOf(machine, stackOf(machine), false, new Set([InstanceId]))] as const;
  });
  const found = new Map(members);
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw instanceNotFound(missing);
  return found;
}

const stackOf = ({ Tags = [] }: Ec2Instance): string => {
  const tag = (name: string) => Tags.find(({ Key }) => Key === name)?.Value;
  return tag('aws:autoscaling:groupName') ?? tag('aws:cloudformation:stack-name') ?? '';
};

const instanceNotFound = (id: string): HiveMindError =>
  new HiveMindError('InstanceNotFound', `there is no instance "${id}"`, {
    hint: 'run the deploy again: it creates the missing instances',
  });

/** The worst comes first: what an instance is called by. */
const SEVERITY: readonly ProcessStatus['state'][] = ['failed', 'backing-off', 'stopped', 'running'];

/** An instance with what its processes say; without an answer, with what AWS says and why that is all. */
export function instanceView(member: FleetMember, reply: InstanceReply<'status'> | undefined): Instance {
  const { id, stack, host } = member;
  if (reply?.kind === 'answer') {
    const { release } = reply.answer;
    return { id, stack, host, ...stateOf(reply.answer, member), ...(release !== undefined && { release }) };
  }
  return {
    id,
    stack,
    host,
    process: member.exposed ? 'web' : 'worker',
    exposed: member.exposed,
    port: member.exposed ? INSTANCE_PORT : null,
    state: member.inService ? 'running' : 'stopped',
    restarts: 0,
    lastExit: null,
    ...(member.inService && { unconfirmed: reply?.reason ?? 'it was not asked' }),
  };
}

/** An instance runs every process of the release: it is as well as the worst of them. */
function stateOf(
  { processes }: InstanceAnswer<'status'>,
  member: FleetMember,
): Omit<Instance, 'id' | 'stack' | 'host' | 'release'> {
  const worst = SEVERITY.flatMap((state) => processes.filter((process) => process.state === state))[0];
  const [main] = processes;
  const shown = worst?.state === 'running' ? main : worst;
  const exposed = processes.some((process) => process.exposed);
  return {
    process: shown?.name ?? (member.exposed ? 'web' : 'worker'),
    exposed,
    port: exposed ? INSTANCE_PORT : null,
    state: shown?.state ?? 'stopped',
    restarts: processes.reduce((sum, { restarts }) => sum + restarts, 0),
    lastExit: shown?.lastExit ?? null,
  };
}
