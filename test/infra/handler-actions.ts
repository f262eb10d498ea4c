import type { Handler } from './handler-calls.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const TAGS = { Tags: words('TagResource UntagResource ListTagsForResource') };
const PASS = ['iam:PassRole'];
const CODE = words('s3:GetObject s3:GetObjectVersion');
const LOG_DELIVERY = words(
  `logs:CreateLogDelivery logs:GetLogDelivery logs:UpdateLogDelivery logs:DeleteLogDelivery logs:ListLogDeliveries
   logs:PutResourcePolicy logs:DescribeResourcePolicies logs:DescribeLogGroups`,
);

/**
 * By resource type: `handlers.*.permissions` of the schemas in CloudFormation's registry (`aws cloudformation describe-type`, as of
 * 2026-08), without what properties need that we do not use. cfn-lint carries the schemas without these. Budgets and CodeBuild
 * publish none: theirs are from the Service Authorization Reference.
 */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  'AWS::Budgets::Budget': {
    service: 'budgets',
    resource: (name) => `budget/${name}`,
    nameIn: 'Budget',
    actions: words('ModifyBudget ViewBudget'),
    plain: words('Budget NotificationsWithSubscribers'),
    properties: { ResourceTags: TAGS.Tags },
  },
  'AWS::CloudWatch::Alarm': {
    service: 'cloudwatch',
    resource: (name) => `alarm:${name}`,
    nameIn: 'AlarmName',
    actions: words('PutMetricAlarm DescribeAlarms DeleteAlarms'),
    plain: words(
      `AlarmActions AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions EvaluationPeriods ExtendedStatistic
       MetricName Metrics Namespace OKActions Period Statistic Threshold TreatMissingData`,
    ),
    properties: TAGS,
  },
  'AWS::CloudWatch::Dashboard': {
    service: 'cloudwatch',
    resource: (name) => `dashboard/${name}`,
    nameIn: 'DashboardName',
    actions: words('PutDashboard GetDashboard DeleteDashboards'),
    plain: words('DashboardBody DashboardName'),
  },
  'AWS::CodeBuild::Project': {
    service: 'codebuild',
    resource: (name) => `project/${name}`,
    nameIn: 'Name',
    actions: words('CreateProject BatchGetProjects UpdateProject DeleteProject'),
    plain: words(
      `Artifacts BadgeEnabled ConcurrentBuildLimit Description EncryptionKey Environment LogsConfig Name QueuedTimeoutInMinutes Source
       Tags TimeoutInMinutes`,
    ),
    properties: { ServiceRole: PASS },
  },
  'AWS::DynamoDB::Table': {
    service: 'dynamodb',
    resource: (name) => `table/${name}`,
    actions: words('CreateTable DescribeTable UpdateTable DeleteTable GetResourcePolicy'),
    plain: words(
      `AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes KeySchema`,
    ),
    properties: {
      PointInTimeRecoverySpecification: words('DescribeContinuousBackups UpdateContinuousBackups'),
      SSESpecification: words('kms:CreateGrant kms:DescribeKey kms:ListAliases'),
      Tags: words('TagResource UntagResource ListTagsOfResource'),
      TimeToLiveSpecification: words('DescribeTimeToLive UpdateTimeToLive'),
    },
  },
  'AWS::Events::EventBus': {
    service: 'events',
    resource: (name) => `event-bus/${name}`,
    nameIn: 'Name',
    actions: words('CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus'),
    plain: words('Description Name'),
    properties: TAGS,
  },
  'AWS::Events::Rule': {
    service: 'events',
    resource: (name) => `rule/${name}`,
    actions: words('PutRule DescribeRule DeleteRule'),
    plain: words('Description EventBusName EventPattern ScheduleExpression State'),
    properties: { ...TAGS, Targets: words('PutTargets RemoveTargets ListTargetsByRule') },
  },
  'AWS::IAM::ManagedPolicy': {
    service: 'iam',
    resource: (name) => `policy/hivemind-control-plane/${name}`,
    actions: words('CreatePolicy GetPolicy ListEntitiesForPolicy DeletePolicy'),
    plain: words('Description Path'),
    properties: {
      PolicyDocument: words('GetPolicyVersion ListPolicyVersions CreatePolicyVersion DeletePolicyVersion'),
    },
  },
  'AWS::IAM::Role': {
    service: 'iam',
    resource: (name) => `role/hivemind-control-plane/${name}`,
    actions: words('CreateRole GetRole UpdateRole DeleteRole ListRolePolicies ListAttachedRolePolicies'),
    plain: words('Path'),
    properties: {
      AssumeRolePolicyDocument: ['UpdateAssumeRolePolicy'],
      Description: ['UpdateRoleDescription'],
      ManagedPolicyArns: words('AttachRolePolicy DetachRolePolicy'),
      PermissionsBoundary: words('PutRolePermissionsBoundary DeleteRolePermissionsBoundary'),
      Tags: words('TagRole UntagRole'),
    },
  },
  'AWS::KMS::Alias': {
    service: 'kms',
    resource: (name) => name,
    nameIn: 'AliasName',
    actions: words('CreateAlias ListAliases UpdateAlias DeleteAlias'),
    plain: words('AliasName TargetKeyId'),
  },
  'AWS::KMS::Key': {
    service: 'kms',
    resource: (name) => `key/${name}`,
    actions: words('CreateKey DescribeKey GetKeyPolicy GetKeyRotationStatus ScheduleKeyDeletion'),
    plain: words('PendingWindowInDays'),
    properties: {
      Description: ['UpdateKeyDescription'],
      EnableKeyRotation: words('EnableKeyRotation DisableKeyRotation'),
      KeyPolicy: ['PutKeyPolicy'],
      RotationPeriodInDays: ['EnableKeyRotation'],
      Tags: words('TagResource UntagResource ListResourceTags'),
    },
  },
  'AWS::Lambda::Function': {
    service: 'lambda',
    resource: (name) => `function:${name}`,
    nameIn: 'FunctionName',
    actions: words(
      `CreateFunction GetFunction UpdateFunctionConfiguration DeleteFunction GetFunctionCodeSigningConfig GetFunctionRecursionConfig
       GetFunctionScalingConfig GetRuntimeManagementConfig`,
    ),
    plain: words(
      `Architectures DeadLetterConfig Description Environment EphemeralStorage FunctionName Handler LoggingConfig MemorySize Runtime
       Timeout TracingConfig`,
    ),
    properties: {
      Code: ['UpdateFunctionCode', ...CODE],
      Role: PASS,
      Tags: words('TagResource UntagResource ListTags'),
    },
  },
  'AWS::Lambda::Permission': {
    service: 'lambda',
    resource: (name) => `function:${name}`,
    nameIn: 'FunctionName',
    actions: words('AddPermission GetPolicy RemovePermission'),
    plain: words('Action FunctionName Principal SourceArn'),
  },
  'AWS::Logs::LogGroup': {
    service: 'logs',
    resource: (name) => `log-group:${name}`,
    nameIn: 'LogGroupName',
    actions: words(
      'CreateLogGroup DescribeLogGroups DeleteLogGroup DescribeIndexPolicies DescribeResourcePolicies',
    ),
    plain: words('LogGroupName'),
    properties: {
      ...TAGS,
      KmsKeyId: words('AssociateKmsKey DisassociateKmsKey'),
      RetentionInDays: words('PutRetentionPolicy DeleteRetentionPolicy'),
    },
  },
  'AWS::S3::Bucket': {
    service: 's3',
    resource: (name) => name.toLowerCase(),
    actions: words('CreateBucket ListBucket DeleteBucket'),
    plain: [],
    properties: {
      BucketEncryption: words('GetEncryptionConfiguration PutEncryptionConfiguration'),
      LifecycleConfiguration: words('GetLifecycleConfiguration PutLifecycleConfiguration'),
      LoggingConfiguration: words('GetBucketLogging PutBucketLogging'),
      OwnershipControls: words('GetBucketOwnershipControls PutBucketOwnershipControls'),
      PublicAccessBlockConfiguration: words('GetBucketPublicAccessBlock PutBucketPublicAccessBlock'),
      Tags: words('GetBucketTagging PutBucketTagging TagResource UntagResource ListTagsForResource'),
      VersioningConfiguration: words('GetBucketVersioning PutBucketVersioning'),
    },
  },
  'AWS::S3::BucketPolicy': {
    service: 's3',
    resource: (name) => name.toLowerCase(),
    nameIn: 'Bucket',
    actions: words('PutBucketPolicy GetBucketPolicy DeleteBucketPolicy'),
    plain: words('Bucket PolicyDocument'),
  },
  'AWS::SNS::Subscription': {
    service: 'sns',
    resource: (name) => name,
    nameIn: 'TopicArn',
    actions: words('Subscribe GetSubscriptionAttributes Unsubscribe'),
    plain: words('Endpoint Protocol TopicArn'),
    properties: { RedrivePolicy: ['SetSubscriptionAttributes'] },
  },
  'AWS::SNS::Topic': {
    service: 'sns',
    resource: (name) => name,
    nameIn: 'TopicName',
    actions: words(
      'CreateTopic GetTopicAttributes GetDataProtectionPolicy ListSubscriptionsByTopic DeleteTopic',
    ),
    plain: words('TopicName'),
    properties: { ...TAGS, DisplayName: ['SetTopicAttributes'], KmsMasterKeyId: ['SetTopicAttributes'] },
  },
  'AWS::SNS::TopicPolicy': {
    service: 'sns',
    resource: (name) => name,
    nameIn: 'Topics',
    actions: words('SetTopicAttributes'),
    plain: words('PolicyDocument Topics'),
  },
  'AWS::SQS::Queue': {
    service: 'sqs',
    resource: (name) => name,
    nameIn: 'QueueName',
    actions: words('CreateQueue GetQueueUrl GetQueueAttributes SetQueueAttributes DeleteQueue'),
    plain: words('MessageRetentionPeriod QueueName SqsManagedSseEnabled'),
    properties: { Tags: words('TagQueue UntagQueue ListQueueTags') },
  },
  'AWS::SQS::QueuePolicy': {
    service: 'sqs',
    resource: (name) => name,
    nameIn: 'Queues',
    actions: words('SetQueueAttributes'),
    plain: words('PolicyDocument Queues'),
  },
  'AWS::SSM::Document': {
    service: 'ssm',
    resource: (name) => `document/${name}`,
    nameIn: 'Name',
    actions: words('CreateDocument GetDocument DescribeDocument DeleteDocument'),
    plain: words('DocumentFormat DocumentType Name TargetType'),
    properties: {
      Content: ['UpdateDocument'],
      Tags: words('AddTagsToResource RemoveTagsFromResource ListTagsForResource'),
      UpdateMethod: ['UpdateDocumentDefaultVersion'],
    },
  },
  'AWS::StepFunctions::StateMachine': {
    service: 'states',
    resource: (name) => `stateMachine:${name}`,
    nameIn: 'StateMachineName',
    actions: words('CreateStateMachine DescribeStateMachine UpdateStateMachine DeleteStateMachine'),
    plain: words('DefinitionSubstitutions StateMachineName StateMachineType TracingConfiguration'),
    properties: { ...TAGS, DefinitionS3Location: CODE, LoggingConfiguration: LOG_DELIVERY, RoleArn: PASS },
  },
};
