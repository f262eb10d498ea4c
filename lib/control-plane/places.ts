/** ARNs that permissions name. */
export interface Places {
  readonly table: string;
  readonly artifactBucket: string;
  readonly key: string;
  /** The one log group of all deployments. */
  readonly logGroup: string;
  /** What CodeBuild writes. */
  readonly buildLogGroup: string;
  readonly buildProject: string;
  readonly stackRole: string;
  /** Permissions boundary of the roles that stacks make. */
  readonly instanceBoundary: string;
  readonly instanceDocument: string;
  /** Whose subscribers are told. */
  readonly alarmTopic: string;
  /** One of each workflow. */
  readonly stateMachines: readonly string[];
  /** Language models that agents ask, and the profiles of Bedrock by which they are called; none: no model is asked. */
  readonly models: readonly string[];
  /** Those of them that are profiles which the operator has made. */
  readonly ownModelProfiles: readonly string[];
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** What is there before the boundary and the stack role are made. */
export type Ground = Omit<Places, 'stackRole' | 'instanceBoundary'>;

/** What is there before the stack role is made. */
export type Bounded = Omit<Places, 'stackRole'>;

/** What has a fixed name has a known ARN: whoever names it does not depend on it. */
export const STATE_MACHINE_PREFIX = 'hivemind-';
/** Workflows as in src/domain/execution.ts: a test compares. */
export const WORKFLOW_NAMES = ['deploy', 'update', 'upgrade', 'rollback', 'retire', 'destroy'] as const;
export type WorkflowName = (typeof WORKFLOW_NAMES)[number];
export const stateMachineName = (workflow: WorkflowName): string => `${STATE_MACHINE_PREFIX}${workflow}`;
export const DEPLOYMENT_LOG_GROUP = '/hivemind/deployments';
export const BUILD_LOG_GROUP = '/hivemind/builds';
export const BUILD_PROJECT = 'hivemind-builds';
export const INSTANCE_DOCUMENT = 'hivemind-instance';

/** Last parts of the names of the stacks that HiveMind makes: src/domain/stack.ts. A test compares. */
export const STACK_NAME_PATTERNS = [
  '*-network',
  'hivemind-network-*',
  '*-load-balancer',
  '*-database',
  '*-monitoring',
  '*-compute-blue',
  '*-compute-green',
] as const;

/** ARN of something that belongs to this account and region. */
export const arnOf = (
  { partition, region, account }: Pick<Places, 'partition' | 'region' | 'account'>,
  service: string,
  resource: string,
): string => `arn:${partition}:${service}:${region}:${account}:${resource}`;

/** Roles of the control plane itself. The stack role may not touch them: its own path is another. */
export const CONTROL_PLANE_PATH = '/hivemind-control-plane/';

/** Path of the roles that per-deployment stacks make. The stack role may make roles nowhere else. */
export const INSTANCE_ROLE_PATH = '/hivemind/';

export const stateMachineArn = (
  at: Pick<Places, 'partition' | 'region' | 'account'>,
  workflow: WorkflowName,
): string => arnOf(at, 'states', `stateMachine:${stateMachineName(workflow)}`);
