import type { DeploymentStatus } from './deployment.ts';
import type { WorkflowName } from './execution.ts';
import type { FailureDetail } from './failure.ts';
import type { JsonObject } from './json.ts';

export const AGENTS = [
  'recon',
  'compiler',
  'provisioner',
  'deployer',
  'sheriff',
  'qa',
  'ops',
  'medic',
  'janitor',
] as const;
export type AgentName = (typeof AGENTS)[number];

interface StageFacts {
  readonly agent: AgentName;
  /** Status of the deployment while the stage runs in a first deploy, or in the workflow that is its own. */
  readonly status: DeploymentStatus;
  /** What the agent is doing, for a progress line: starts with a verb in -ing form. */
  readonly title: string;
  /** Whether it makes, changes or removes something in the world: only such a stage waits at a freeze. */
  readonly changes: boolean;
}

const stage = (agent: AgentName, status: DeploymentStatus, title: string) =>
  ({ agent, status, title, changes: true }) as const satisfies StageFacts;

/** One that looks and writes down what it saw. */
const look = (agent: AgentName, status: DeploymentStatus, title: string) =>
  ({ agent, status, title, changes: false }) as const satisfies StageFacts;

/** The stages of the workflows, in the order an operator reads them. */
export const STAGES = {
  analyse: look('recon', 'ANALYZING', 'reading the repository'),
  preview: look('provisioner', 'ANALYZING', 'previewing the changes'),
  assess: look('sheriff', 'ANALYZING', 'assessing the repository'),
  restore: look('compiler', 'BUILDING', 'fetching the kept release'),
  build: stage('compiler', 'BUILDING', 'building the artifact'),
  network: stage('provisioner', 'PROVISIONING', 'preparing the network'),
  'load-balancer': stage('provisioner', 'PROVISIONING', 'creating the load balancer'),
  database: stage('provisioner', 'PROVISIONING', 'creating the database'),
  monitoring: stage('provisioner', 'PROVISIONING', 'setting up monitoring'),
  compute: stage('provisioner', 'PROVISIONING', 'creating the instances'),
  migrate: stage('deployer', 'DEPLOYING', 'running migrations'),
  roll: stage('deployer', 'DEPLOYING', 'replacing one instance after the other'),
  release: stage('deployer', 'DEPLOYING', 'starting the release'),
  'verify-candidate': look('qa', 'VERIFYING', 'verifying the release before it has traffic'),
  shift: stage('deployer', 'DEPLOYING', 'shifting the traffic'),
  harden: look('sheriff', 'SECURING', 'auditing security'),
  verify: look('qa', 'VERIFYING', 'verifying the release'),
  observe: look('ops', 'MONITORING_SETUP', 'wiring logs and metrics'),
  complete: stage('deployer', 'MONITORING_SETUP', 'making the release permanent'),
  promote: stage('provisioner', 'MONITORING_SETUP', 'making the template say what is live'),
  'retire-previous': stage('deployer', 'MONITORING_SETUP', 'removing the release before it'),
  retire: stage('janitor', 'ACTIVE', 'removing the colour without traffic'),
  undo: stage('janitor', 'ROLLING_BACK', 'removing what the failed deployment made'),
  'plan-removal': look('janitor', 'DESTROYING', 'finding every resource'),
  'remove-compute': stage('janitor', 'DESTROYING', 'stopping and removing the instances'),
  'remove-monitoring': stage('janitor', 'DESTROYING', 'removing dashboard and alarms'),
  snapshot: stage('janitor', 'DESTROYING', 'saving the database'),
  'remove-database': stage('janitor', 'DESTROYING', 'removing the database'),
  'remove-load-balancer': stage('janitor', 'DESTROYING', 'removing the load balancer'),
  'remove-network': stage('janitor', 'DESTROYING', 'removing the network'),
  'prove-removal': stage('janitor', 'DESTROYING', 'proving that nothing is left'),
} as const satisfies Record<string, StageFacts>;

export type StageName = keyof typeof STAGES;
export const STAGE_NAMES = Object.keys(STAGES) as readonly StageName[];

const INFRASTRUCTURE = ['network', 'load-balancer', 'database', 'monitoring'] as const;
const BUILT = ['analyse', 'build', ...INFRASTRUCTURE, 'compute', 'migrate'] as const;
const CHECKED = ['harden', 'verify', 'observe', 'complete'] as const;
const SWAPPED = ['release', 'verify-candidate', 'shift'] as const;

/** What each workflow may run, in the order an operator reads it. */
export const WORKFLOW_STAGES: Readonly<Record<WorkflowName, readonly StageName[]>> = {
  deploy: [...BUILT, 'release', ...CHECKED],
  update: [...BUILT, 'roll', ...SWAPPED, ...CHECKED, 'promote', 'retire-previous'],
  upgrade: ['restore', ...INFRASTRUCTURE, 'compute', ...SWAPPED, ...CHECKED, 'promote', 'retire-previous'],
  rollback: [
    'restore',
    'load-balancer',
    'compute',
    ...SWAPPED,
    'verify',
    'observe',
    'complete',
    'promote',
    'retire-previous',
    'undo',
  ],
  retire: ['retire'],
  destroy: [
    'plan-removal',
    'remove-compute',
    'remove-monitoring',
    'snapshot',
    'remove-database',
    'remove-load-balancer',
    'remove-network',
    'prove-removal',
  ],
};

/** Status of a deployment while a stage of a workflow runs; undefined where it keeps the one it has. */
export function statusDuring(workflow: WorkflowName, name: StageName): DeploymentStatus | undefined {
  // The release is live by then, and the deployment at rest.
  if (name === 'promote' || name === 'retire-previous') return undefined;
  switch (workflow) {
    case 'update':
      return 'UPDATING';
    case 'upgrade':
      return 'UPGRADING';
    case 'rollback':
      return 'ROLLING_BACK';
    case 'retire':
      return undefined;
    case 'deploy':
    case 'destroy':
      return STAGES[name].status;
  }
}

/** Status of a deployment after a workflow failed. A rollback that failed wants a human: what it was to mend is broken still. */
export const statusAfterFailure = (workflow: WorkflowName): 'FAILED' | 'ROLLBACK_FAILED' =>
  workflow === 'rollback' ? 'ROLLBACK_FAILED' : 'FAILED';

export const STAGE_STATUSES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED'] as const;
export type StageStatus = (typeof STAGE_STATUSES)[number];

/** What one execution did for one stage. */
export interface StageRun {
  readonly executionId: string;
  readonly stage: StageName;
  readonly status: StageStatus;
  /** True when a recorded result was returned instead of doing the work. */
  readonly reused: boolean;
  readonly digest: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly output: JsonObject | null;
  /** One line that says what came out, for progress and reports. */
  readonly summary: string | null;
  readonly failure: FailureDetail | null;
}
