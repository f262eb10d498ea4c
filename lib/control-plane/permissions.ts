import type { FunctionName } from './functions.ts';
import { functionStatements, type Grants, grantsAt } from './grants.ts';
import type { Places } from './places.ts';
import type { Statement } from './statement.ts';

/**
 * What each function may do: the calls that its code makes, and what AWS does because of them. A test derives the calls from
 * the bundle of the function and compares: a missing action fails, and one too many fails too.
 */
export const permissionsOf = (name: FunctionName, places: Places): readonly Statement[] => [
  ...functionStatements(name, places),
  ...merged(BY_FUNCTION[name](grantsAt(places))),
];

/** Statements of one kind as one: a policy has each `Sid` once. */
function merged(statements: readonly Statement[]): readonly Statement[] {
  const bySid = new Map<string, Statement>();
  for (const statement of statements) {
    const { sid, actions } = bySid.get(statement.sid) ?? { ...statement, actions: [] };
    bySid.set(sid, { ...statement, actions: [...actions, ...statement.actions] });
  }
  return [...bySid.values()];
}

type Permissions = (on: Grants) => readonly Statement[];

/** The store is one adapter: whoever has it has all of it. */
const records: Permissions = (on) => [
  on.records('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'),
  on.recordIndexes('Query'),
];

/** Every agent: its records, and its lines in the log of the deployment. */
const stage: Permissions = (on) => [...records(on), on.logs('CreateLogStream', 'PutLogEvents')];

/** Without the right to list, S3 says "forbidden" of an object that is not there. */
const sources = (...actions: readonly string[]): Permissions => {
  const writes = actions.includes('PutObject');
  return (on) => [
    on.objects('sources')(...actions),
    on.bucket('ListBucket'),
    on.key('Decrypt', ...(writes ? ['GenerateDataKey'] : [])),
  ];
};

/** Asking the configured models, and telling when a budget for them goes down. */
const thought: Permissions = (on) => [
  ...on.models('InvokeModel'),
  on.topic('Publish'),
  on.topicKey('Decrypt', 'GenerateDataKey'),
];

/** A look at the instances of a compute stack, and a verb of the instance program. */
const fleet: Permissions = (on) => [
  on.groupList('DescribeAutoScalingGroups'),
  on.instanceList('DescribeInstances'),
  on.commandDocument('SendCommand'),
  on.commandTargets('SendCommand'),
];

/**
 * Deleting a stack, which first lifts the protection of what is in it. The stack remembers the role that made it, so that nobody
 * has to hand it over once more.
 */
const removal: Permissions = (on) => [
  on.stacks(
    'DescribeStacks',
    'DescribeStackEvents',
    'DescribeStackResources',
    'ListChangeSets',
    'DeleteStack',
  ),
  on.stackList('ListImports'),
  on.loadBalancers('ModifyLoadBalancerAttributes'),
  on.databases('DescribeDBInstances'),
  on.databaseChanges('ModifyDBInstance'),
];

/** Taking instances out of the traffic, of which their group is told first. */
const draining: Permissions = (on) => [
  on.targets('DeregisterTargets'),
  on.groups('SuspendProcesses'),
  on.loadBalancerList('DescribeTargetHealth'),
];

/** Giving live instances another release, one after the other: they read its artifact by an address that this function's rights sign. */
const replacing: Permissions = (on) => [
  ...fleet(on),
  on.commandList('GetCommandInvocation'),
  on.runStates('PutParameter'),
  ...draining(on),
  on.targets('RegisterTargets'),
  on.groups('ResumeProcesses'),
  on.objects('artifacts')('GetObject'),
  on.bucket('ListBucket'),
  on.key('Decrypt'),
];

const BY_FUNCTION: Record<FunctionName, Permissions> = {
  recon: (on) => [
    ...stage(on),
    ...thought(on),
    ...sources('GetObject', 'PutObject')(on),
    on.gitSecrets('GetSecretValue'),
  ],
  compiler: (on) => [
    ...stage(on),
    on.objects('sources')('GetObject'),
    on.objects('builds')('GetObject', 'PutObject'),
    on.objects('artifacts')('GetObject', 'PutObject'),
    on.objects('programs')('GetObject', 'PutObject'),
    on.bucket('ListBucket'),
    on.key('Decrypt', 'GenerateDataKey'),
    on.build('StartBuild', 'BatchGetBuilds', 'StopBuild'),
    on.buildLogs('GetLogEvents'),
  ],
  provisioner: (on) => [
    ...stage(on),
    on.stacks('GetTemplate', 'DescribeChangeSet', 'ExecuteChangeSet', 'DeleteChangeSet'),
    ...removal(on),
    ...draining(on),
    on.groupList('DescribeScalingActivities'),
    on.listeners('ModifyListener'),
    on.loadBalancerList('DescribeListeners'),
    on.stackChanges('CreateStack', 'UpdateStack', 'CreateChangeSet', 'ContinueUpdateRollback'),
    on.stackRole('PassRole'),
    on.logs('DescribeLogStreams', 'GetLogEvents'),
    on.imageIds('GetParameters'),
  ],
  deployer: (on) => [
    ...stage(on),
    ...replacing(on),
    ...removal(on),
    on.listeners('ModifyListener'),
    on.loadBalancerList('DescribeListeners'),
    on.metrics('GetMetricData'),
    on.alarms('DescribeAlarms'),
  ],
  sheriff: (on) => [
    ...stage(on),
    ...thought(on),
    ...sources('GetObject')(on),
    ...fleet(on),
    on.commandList('GetCommandInvocation', 'DescribeInstanceInformation'),
    on.instanceList('DescribeSecurityGroups', 'DescribeFlowLogs', 'DescribeVolumes'),
    on.loadBalancerList('DescribeLoadBalancers', 'DescribeLoadBalancerAttributes', 'DescribeListeners'),
    on.databases('DescribeDBInstances'),
    on.stacks('DescribeStacks', 'DescribeStackEvents'),
  ],
  qa: (on) => [
    ...stage(on),
    ...thought(on),
    ...sources('GetObject')(on),
    ...fleet(on),
    on.commandList('GetCommandInvocation'),
    on.loadBalancerList('DescribeListeners', 'DescribeTargetHealth'),
    on.stacks('DescribeStacks'),
    on.secrets('GetSecretValue'),
  ],
  ops: (on) => [
    ...stage(on),
    ...thought(on),
    ...fleet(on),
    on.commandList('GetCommandInvocation'),
    on.logs('DescribeLogStreams', 'GetLogEvents'),
    on.metrics('GetMetricData'),
    on.stacks('DescribeStacks', 'DescribeStackEvents'),
  ],
  medic: (on) => [
    ...stage(on),
    ...thought(on),
    ...sources('GetObject')(on),
    on.logs('DescribeLogStreams', 'GetLogEvents'),
    on.workflows('SendTaskSuccess'),
  ],
  janitor: (on) => [
    ...stage(on),
    ...removal(on),
    ...replacing(on),
    on.build('StopBuild'),
    on.stacks('DescribeStackResource'),
    on.listeners('ModifyListener'),
    on.loadBalancerList('DescribeListeners', 'DescribeLoadBalancers', 'DescribeTargetGroups'),
    on.instanceList('DescribeNatGateways', 'DescribeTags'),
    on.snapshots('CreateDBSnapshot', 'DescribeDBSnapshots', 'AddTagsToResource'),
    on.replacedSnapshots('DeleteDBSnapshot'),
    on.objects('sources')('DeleteObject'),
    on.objects('builds')('GetObject', 'PutObject', 'DeleteObject'),
    on.objects('artifacts')('DeleteObject'),
    on.key('GenerateDataKey'),
    on.logs('DescribeLogStreams', 'DeleteLogStream'),
    on.secrets('DescribeSecret', 'DeleteSecret'),
    on.secretList('ListSecrets'),
    on.alarms('DescribeAlarms'),
    on.metrics('ListDashboards'),
    on.taggedList('GetResources'),
  ],
  conductor: (on) => [
    ...records(on),
    on.secrets('GetSecretValue', 'CreateSecret', 'TagResource'),
    on.secretList('ListSecrets'),
    on.workflows('StartExecution'),
    on.stacks('DescribeStacks', 'DescribeStackEvents'),
    on.listeners('ModifyListener'),
    on.loadBalancerList('DescribeListeners'),
    on.deadLetters('SendMessage'),
  ],
};
