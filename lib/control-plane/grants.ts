import { DEAD_LETTERS } from './events.ts';
import { type FunctionName, functionName } from './functions.ts';
import { arnOf, type Places, STACK_NAME_PATTERNS } from './places.ts';
import type { Statement } from './statement.ts';

/** Makes a statement that allows some actions of one service on one kind of resource. */
export type Grant = (...actions: readonly string[]) => Statement;

const grant =
  (service: string, statement: Omit<Statement, 'actions'>): Grant =>
  (...actions) => ({ ...statement, actions: actions.map((action) => `${service}:${action}`) });

/** CloudFormation puts it on everything that a stack makes and that takes tags. */
export const OWN_TAG = 'hivemind:deployment';
export const TAGGED = { Null: { [`aws:ResourceTag/${OWN_TAG}`]: 'false' } } as const;
/** Systems Manager has a spelling of its own for the tags of an instance. */
const TAGGED_INSTANCE = { StringLike: { [`ssm:resourceTag/${OWN_TAG}`]: '?*' } } as const;

const MADE_LATER = 'Made by the stacks of deployments, long after this policy';
const TAG_TELLS = `${MADE_LATER}; the tag says which are HiveMind's.`;
const PATH_TELLS = `${MADE_LATER}; all of them are under this path.`;
const NAME_TELLS = `${MADE_LATER}; their names end in what they are.`;

/** Everything that a function of the control plane can be allowed, by kind of resource. */
export const grantsAt = (places: Places) =>
  ({
    ...recordGrants(places),
    ...objectGrants(places),
    ...serviceGrants(places),
    ...stackGrants(places),
    ...trafficGrants(places),
    ...instanceGrants(places),
    ...databaseGrants(places),
    ...listGrants,
  }) as const;
export type Grants = ReturnType<typeof grantsAt>;

const recordGrants = (places: Places) =>
  ({
    records: grant('dynamodb', { sid: 'Records', resources: [places.table] }),
    recordIndexes: grant('dynamodb', {
      sid: 'RecordIndexes',
      resources: [`${places.table}/index/byStatus`, `${places.table}/index/byTime`],
    }),
    logs: grant('logs', {
      sid: 'DeploymentLogs',
      resources: [places.logGroup, `${places.logGroup}:log-stream:*`],
      why: 'A log stream is named after the deployment and what writes it; the group holds nothing else.',
    }),
    buildLogs: grant('logs', {
      sid: 'BuildLogs',
      resources: [`${places.buildLogGroup}:log-stream:builds/*`],
      why: 'CodeBuild names a log stream after each build.',
    }),
  }) as const;

const objectGrants = (places: Places) =>
  ({
    /** Objects under one prefix of the artifact bucket. */
    objects: (prefix: 'sources' | 'builds' | 'artifacts' | 'programs'): Grant =>
      grant('s3', {
        sid: `Objects${prefix.charAt(0).toUpperCase()}${prefix.slice(1)}`,
        resources: [`${places.artifactBucket}/${prefix}/*`],
        why: 'Keys hold the digest of what is stored under them; only this prefix is meant.',
      }),
    bucket: grant('s3', { sid: 'ArtifactBucket', resources: [places.artifactBucket] }),
    key: grant('kms', {
      sid: 'Key',
      resources: [places.key],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${places.region}.amazonaws.com` } },
    }),
  }) as const;

function modelGrants({ models, ownModelProfiles, partition }: Places): readonly Grant[] {
  const named = grant('bedrock', {
    sid: 'Models',
    resources: models,
    why: 'A profile of Bedrock serves from a region that it chooses: the model has to be allowed in all of them.',
  });
  const behind = grant('bedrock', {
    sid: 'ModelsOfOwnProfiles',
    resources: [`arn:${partition}:bedrock:*::foundation-model/*`],
    conditions: { StringEquals: { 'bedrock:InferenceProfileArn': ownModelProfiles } },
    why: 'Only by the profiles in the condition, whose ARNs do not say which models are behind them.',
  });
  return [...(models.length > 0 ? [named] : []), ...(ownModelProfiles.length > 0 ? [behind] : [])];
}

const serviceGrants = (places: Places) =>
  ({
    deadLetters: grant('sqs', { sid: 'DeadLetters', resources: [arnOf(places, 'sqs', DEAD_LETTERS)] }),
    topic: grant('sns', { sid: 'Topic', resources: [places.alarmTopic] }),
    /** The topic is encrypted: SNS uses the key with the rights of whoever publishes. */
    topicKey: grant('kms', {
      sid: 'TopicKey',
      resources: [places.key],
      conditions: { StringEquals: { 'kms:ViaService': `sns.${places.region}.amazonaws.com` } },
    }),
    /** Nothing where no model is configured. */
    models: (...actions: readonly string[]): readonly Statement[] =>
      modelGrants(places).map((grantOf) => grantOf(...actions)),
    build: grant('codebuild', { sid: 'Builds', resources: [places.buildProject] }),
    /** Also of a task's answer: the reference of AWS names no resource for `SendTaskSuccess`, and IAM asks for the state machine. */
    workflows: grant('states', {
      sid: 'Workflows',
      resources: places.stateMachines,
    }),
    /** Under `hivemind/<deployment>/`. */
    secrets: grant('secretsmanager', {
      sid: 'Secrets',
      resources: [arnOf(places, 'secretsmanager', 'secret:hivemind/*')],
      why: PATH_TELLS,
    }),
    gitSecrets: grant('secretsmanager', {
      sid: 'GitSecrets',
      resources: [arnOf(places, 'secretsmanager', 'secret:hivemind/git/*')],
      why: 'Credentials that operators store for code hosts, one secret a host.',
    }),
  }) as const;

const stackGrants = (places: Places) => {
  const resources = STACK_NAME_PATTERNS.map((pattern) =>
    arnOf(places, 'cloudformation', `stack/${pattern}/*`),
  );
  return {
    stacks: grant('cloudformation', { sid: 'Stacks', resources, why: NAME_TELLS }),
    /** Only with the stack role: never with the rights of the function. */
    stackChanges: grant('cloudformation', {
      sid: 'StackChanges',
      resources,
      conditions: { StringEquals: { 'cloudformation:RoleArn': places.stackRole } },
      why: NAME_TELLS,
    }),
    alarms: grant('cloudwatch', {
      sid: 'Alarms',
      resources: [arnOf(places, 'cloudwatch', 'alarm:*')],
      why: `${MADE_LATER}; alarms are named after their deployment.`,
    }),
    stackRole: grant('iam', {
      sid: 'StackRole',
      resources: [places.stackRole],
      conditions: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    }),
  } as const;
};

const trafficGrants = (places: Places) => {
  const at = (kind: string) => [arnOf(places, 'elasticloadbalancing', kind)];
  return {
    targets: grant('elasticloadbalancing', {
      sid: 'Targets',
      resources: at('targetgroup/*'),
      conditions: TAGGED,
      why: TAG_TELLS,
    }),
    listeners: grant('elasticloadbalancing', {
      sid: 'Listeners',
      resources: at('listener/app/*'),
      why: `${MADE_LATER}; they have no names of ours, and CloudFormation does not tag them in every region yet.`,
    }),
    loadBalancers: grant('elasticloadbalancing', {
      sid: 'LoadBalancers',
      resources: at('loadbalancer/app/*'),
      conditions: TAGGED,
      why: TAG_TELLS,
    }),
  } as const;
};

const instanceGrants = (places: Places) =>
  ({
    commandDocument: grant('ssm', { sid: 'CommandDocument', resources: [places.instanceDocument] }),
    commandTargets: grant('ssm', {
      sid: 'CommandTargets',
      resources: [arnOf(places, 'ec2', 'instance/*')],
      conditions: TAGGED_INSTANCE,
      why: TAG_TELLS,
    }),
    groups: grant('autoscaling', {
      sid: 'Groups',
      resources: [arnOf(places, 'autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*-compute-*')],
      conditions: TAGGED,
      why: NAME_TELLS,
    }),
    runStates: grant('ssm', {
      sid: 'RunStates',
      resources: [arnOf(places, 'ssm', 'parameter/hivemind/*/run-state')],
      why: PATH_TELLS,
    }),
    imageIds: grant('ssm', {
      sid: 'ImageIds',
      resources: [
        `arn:${places.partition}:ssm:${places.region}::parameter/aws/service/ami-amazon-linux-latest/*`,
      ],
      why: 'Public parameters of AWS with the newest images of Amazon Linux.',
    }),
  }) as const;

const databaseGrants = (places: Places) =>
  ({
    databases: grant('rds', {
      sid: 'Databases',
      resources: [arnOf(places, 'rds', 'db:*-database')],
      why: NAME_TELLS,
    }),
    databaseChanges: grant('rds', {
      sid: 'DatabaseChanges',
      resources: [arnOf(places, 'rds', 'db:*-database')],
      conditions: TAGGED,
      why: TAG_TELLS,
    }),
    snapshots: grant('rds', {
      sid: 'Snapshots',
      resources: [arnOf(places, 'rds', 'db:*-database'), arnOf(places, 'rds', 'snapshot:*')],
      why: 'A snapshot is named when it is made, after its deployment.',
    }),
    replacedSnapshots: grant('rds', {
      sid: 'ReplacedSnapshots',
      resources: [
        arnOf(places, 'rds', 'snapshot:hivemind-*-database-*'),
        arnOf(places, 'rds', 'snapshot:*-database-snapshot-instance-*'),
      ],
      why: 'Own ones that have failed, and final ones of CloudFormation; both are named after the stack of the database.',
    }),
  }) as const;

/** One statement for all of them: a policy has room for 6,144 characters. */
const listing = (service: string): Grant =>
  grant(service, {
    sid: 'Lists',
    resources: ['*'],
    why: 'These actions only list and describe; their services know no resource for them.',
  });

const listGrants = {
  loadBalancerList: listing('elasticloadbalancing'),
  groupList: listing('autoscaling'),
  instanceList: listing('ec2'),
  commandList: listing('ssm'),
  stackList: listing('cloudformation'),
  taggedList: listing('tag'),
  secretList: listing('secretsmanager'),
  metrics: listing('cloudwatch'),
} as const;

/** What Lambda and the tracer do for every function, beside what its own code asks for. */
export const functionStatements = (name: FunctionName, places: Places): readonly Statement[] => [
  {
    sid: 'OwnLog',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [arnOf(places, 'logs', `log-group:/aws/lambda/${functionName(name)}:log-stream:*`)],
    why: "Lambda names a log stream after each of its environments; the group is this function's own.",
  },
  {
    sid: 'Trace',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
    why: 'X-Ray has no resources: these actions can only be allowed as a whole.',
  },
];
