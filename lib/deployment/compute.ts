import { Aws, type CfnParameter, Fn, type Stack, Token } from 'aws-cdk-lib';
import { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnParameter as CfnRunState } from 'aws-cdk-lib/aws-ssm';
import { accept } from '../accepted-finding.ts';
import { type Blueprint, exportedOutput, imported, importedList, stackParameter, when } from './blueprint.ts';
import { addLaunchTemplate } from './compute-launch-template.ts';
import { addReleaseParameters, type ReleaseParameters } from './compute-parameters.ts';
import { addInstanceProfile } from './compute-role.ts';

/** What a template of instances has or has not. */
export interface ComputeStructure {
  /** Instances take requests of the load balancer. */
  readonly web: boolean;
  readonly stage: 'stage-1' | 'production';
  readonly database: boolean;
}

const variantOf = ({ web, stage, database }: ComputeStructure): string =>
  `${web ? 'web' : 'worker'}-${stage}${database ? '-database' : ''}`;

const STRUCTURES: readonly ComputeStructure[] = [true, false].flatMap((web) =>
  (['stage-1', 'production'] as const).flatMap((stage) =>
    [false, true].map((database) => ({ web, stage, database })),
  ),
);

export const COMPUTE_BLUEPRINTS: readonly Blueprint[] = STRUCTURES.map((structure) => ({
  blueprint: 'compute',
  variant: variantOf(structure),
  description: 'HiveMind: the instances of one release in one colour, an auto scaling group',
  build: (stack) => buildCompute(stack, structure),
}));

/** The longest that an instance may take until it says how its start went. */
const SIGNAL_TIMEOUT = 'PT15M';
/** It begins with the instance: boot and signal 900, migrations 840, start 300, and the first health checks. */
const WEB_GRACE_SECONDS = 2100;
const WORKER_GRACE_SECONDS = 300;

function buildCompute(stack: Stack, structure: ComputeStructure): void {
  const network = stackParameter(stack, 'NetworkStack');
  const loadBalancer = structure.web ? stackParameter(stack, 'LoadBalancerStack') : undefined;
  const database = structure.database ? stackParameter(stack, 'DatabaseStack') : undefined;
  const release = addReleaseParameters(stack);
  const runState = addRunState(stack, release);
  const template = addLaunchTemplate(stack, {
    structure,
    release,
    network,
    loadBalancer,
    database,
    profile: addInstanceProfile(stack, release),
    tags: tagsOf(structure, release),
  });
  const group = addGroup(stack, { structure, release, template, network, loadBalancer });
  group.addResourceDependency(runState);
  exportedOutput(stack, 'AutoScalingGroupName', group.ref);
}

/**
 * What instances do when they boot: one that replaces another goes on as that one did. The deployer changes it when it starts or
 * stops the release.
 */
function addRunState(stack: Stack, { startOnBoot, inPlace }: ReleaseParameters): CfnRunState {
  const isTrue = (given: CfnParameter) => Fn.conditionEquals(given.valueAsString, 'true');
  const starts = when(stack, 'StartsOnBoot', Fn.conditionOr(isTrue(startOnBoot), isTrue(inPlace)));
  return new CfnRunState(stack, 'RunState', {
    name: `/hivemind/${Aws.STACK_NAME}/run-state`,
    description: 'Whether the instances run their release: started or stopped',
    type: 'String',
    value: Fn.conditionIf(starts.logicalId, 'started', 'stopped').toString(),
  });
}

/** By these the instances and their disks are found and billed; the tags of the stack itself do not reach them all. */
const tagsOf = (structure: ComputeStructure, { deploymentId, owner, color, release }: ReleaseParameters) => ({
  Name: `${deploymentId.valueAsString}-${color.valueAsString}`,
  'hivemind:deployment': deploymentId.valueAsString,
  'hivemind:blueprint': 'compute',
  'hivemind:variant': variantOf(structure),
  'hivemind:stage': structure.stage,
  'hivemind:color': color.valueAsString,
  'hivemind:release': release.valueAsString,
  'hivemind:owner': owner.valueAsString,
});

interface GroupProps {
  readonly structure: ComputeStructure;
  readonly release: ReleaseParameters;
  readonly template: CfnLaunchTemplate;
  readonly network: CfnParameter;
  readonly loadBalancer: CfnParameter | undefined;
}

/** Named like its stack. A start that fails fails the stack at once; its size changes with a change of the stack only. */
function addGroup(stack: Stack, props: GroupProps): CfnAutoScalingGroup {
  const { structure, release, template, network, loadBalancer } = props;
  const count = release.instanceCount;
  const size = Token.asString(Fn.ref(count.logicalId));
  const group = new CfnAutoScalingGroup(stack, 'AutoScalingGroup', {
    autoScalingGroupName: Aws.STACK_NAME,
    vpcZoneIdentifier: importedList(network, 'InstanceSubnetIds'),
    launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    minSize: size,
    maxSize: size,
    desiredCapacity: size,
    healthCheckType: structure.web ? 'ELB' : 'EC2',
    healthCheckGracePeriod: structure.web ? WEB_GRACE_SECONDS : WORKER_GRACE_SECONDS,
    cooldown: '60',
    metricsCollection: [{ granularity: '1Minute' }],
    ...(loadBalancer && { targetGroupArns: [targetGroupArn(stack, loadBalancer, release)] }),
    tags: Object.entries(tagsOf(structure, release)).map(([key, value]) => ({
      key,
      value,
      propagateAtLaunch: true,
    })),
  });
  group.cfnOptions.creationPolicy = {
    resourceSignal: { count: count.valueAsNumber, timeout: SIGNAL_TIMEOUT },
  };
  addUpdatePolicy(stack, group, release);
  accept(group, {
    'AwsSolutions-AS3':
      'Every release makes a group and removes the one before: a message for each launch and end would bury those that matter. An instance that fails raises the alarms of the monitoring stack.',
  });
  return group;
}

/**
 * A change replaces the instances, unless they were given the release in place already; those that are launched later are made from what the
 * stack then says.
 */
function addUpdatePolicy(stack: Stack, group: CfnAutoScalingGroup, { inPlace }: ReleaseParameters): void {
  const replaces = when(stack, 'ReplacesInstances', Fn.conditionEquals(inPlace.valueAsString, 'false'));
  const policy = {
    // A single instance can only be replaced by doing without for a moment; of several, one at a time is.
    MinInstancesInService: 0,
    MaxBatchSize: 1,
    PauseTime: SIGNAL_TIMEOUT,
    WaitOnResourceSignals: true,
    SuspendProcesses: [
      'HealthCheck',
      'ReplaceUnhealthy',
      'AZRebalance',
      'AlarmNotification',
      'ScheduledActions',
    ],
  };
  group.addOverride(
    'UpdatePolicy.AutoScalingRollingUpdate',
    Fn.conditionIf(replaces.logicalId, policy, Aws.NO_VALUE),
  );
}

function targetGroupArn(stack: Stack, loadBalancer: CfnParameter, { color }: ReleaseParameters): string {
  const isGreen = when(stack, 'IsGreen', Fn.conditionEquals(color.valueAsString, 'green'));
  return Fn.conditionIf(
    isGreen.logicalId,
    imported(loadBalancer, 'GreenTargetGroupArn'),
    imported(loadBalancer, 'BlueTargetGroupArn'),
  ).toString();
}
