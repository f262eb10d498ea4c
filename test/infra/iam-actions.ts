import type { SdkCall } from './sdk-calls.ts';

/** Prefix of a service's actions in IAM, by package of the SDK. */
const PREFIXES: Readonly<Record<string, string>> = {
  'client-auto-scaling': 'autoscaling',
  'client-bedrock-runtime': 'bedrock',
  'client-cloudformation': 'cloudformation',
  'client-cloudwatch': 'cloudwatch',
  'client-cloudwatch-logs': 'logs',
  'client-codebuild': 'codebuild',
  'client-ec2': 'ec2',
  'client-elastic-load-balancing-v2': 'elasticloadbalancing',
  'client-rds': 'rds',
  'client-resource-groups-tagging-api': 'tag',
  'client-s3': 's3',
  'client-secrets-manager': 'secretsmanager',
  'client-service-quotas': 'servicequotas',
  'client-sfn': 'states',
  'client-sns': 'sns',
  'client-ssm': 'ssm',
  'client-sts': 'sts',
};

/** Commands whose action has another name, and those that need several. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  's3:HeadObject': ['s3:GetObject'],
  's3:HeadBucket': ['s3:ListBucket'],
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:DeleteObjects': ['s3:DeleteObject'],
  's3:CreateMultipartUpload': ['s3:PutObject'],
  's3:UploadPart': ['s3:PutObject'],
  's3:CompleteMultipartUpload': ['s3:PutObject'],
  'bedrock:Converse': ['bedrock:InvokeModel'],
  'bedrock:ConverseStream': ['bedrock:InvokeModelWithResponseStream'],
  // Strands has it, and asks only when it is told to: the gateway counts by itself.
  'bedrock:CountTokens': [],
  // Anybody may ask who he is.
  'sts:GetCallerIdentity': [],
};

/** The document client has names of its own; a transaction needs the actions of what is in it. */
const DOCUMENT_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  Get: ['GetItem'],
  Put: ['PutItem'],
  Update: ['UpdateItem'],
  Delete: ['DeleteItem'],
  Query: ['Query'],
  BatchGet: ['BatchGetItem'],
  BatchWrite: ['BatchWriteItem'],
  TransactWrite: ['PutItem'],
};

/** @throws {Error} a package that is not in the table */
export function actionsOf(call: SdkCall): readonly string[] {
  const command = call.command.replace(/Command$/, '');
  if (call.package === 'lib-dynamodb') {
    const actions = DOCUMENT_ACTIONS[command];
    if (actions) return actions.map((action) => `dynamodb:${action}`);
  }
  const prefix = PREFIXES[call.package];
  if (prefix === undefined) throw new Error(`no IAM prefix is known for ${call.package} (${call.command})`);
  return EXCEPTIONS[`${prefix}:${command}`] ?? [`${prefix}:${command}`];
}

interface Indirect {
  readonly action: string;
  readonly reason: string;
  /** The action that it comes with; `*`: every function needs it. */
  readonly because: string;
}

/** What a role needs although the code makes no such call. */
export const INDIRECT: readonly Indirect[] = [
  {
    action: 'xray:PutTraceSegments',
    because: '*',
    reason: 'active tracing: Lambda sends what the tracer records',
  },
  { action: 'xray:PutTelemetryRecords', because: '*', reason: 'active tracing' },
  { action: 'logs:CreateLogStream', because: '*', reason: 'Lambda writes what the function prints' },
  { action: 'logs:PutLogEvents', because: '*', reason: 'Lambda writes what the function prints' },
  { action: 'kms:Decrypt', because: 's3:GetObject', reason: 'the bucket is encrypted with the key' },
  { action: 'kms:GenerateDataKey', because: 's3:PutObject', reason: 'the bucket is encrypted with the key' },
  { action: 'kms:Decrypt', because: 'sns:Publish', reason: 'the topic is encrypted with the key' },
  { action: 'kms:GenerateDataKey', because: 'sns:Publish', reason: 'the topic is encrypted with the key' },
  {
    action: 's3:ListBucket',
    because: 's3:GetObject',
    reason: 'without it S3 answers "forbidden" for an object that is not there',
  },
  {
    action: 'iam:PassRole',
    because: 'cloudformation:CreateStack',
    reason: 'CloudFormation works with the stack role, which it is handed',
  },
  {
    action: 'ssm:GetParameters',
    because: 'cloudformation:CreateStack',
    reason:
      'the image of instances is a public parameter, which CloudFormation reads for whoever creates the stack',
  },
  {
    action: 'rds:AddTagsToResource',
    because: 'rds:CreateDBSnapshot',
    reason: 'a snapshot is made with tags',
  },
  {
    action: 'sqs:SendMessage',
    because: 'states:StartExecution',
    reason:
      'the conductor is called by events: Lambda hands what it could not handle to the queue with its role',
  },
  {
    action: 'secretsmanager:TagResource',
    because: 'secretsmanager:CreateSecret',
    reason: 'a secret is made with tags',
  },
];

/** What these actions bring with them. */
export const indirectActions = (direct: ReadonlySet<string>): readonly string[] =>
  INDIRECT.filter(({ because }) => because === '*' || direct.has(because)).map(({ action }) => action);
