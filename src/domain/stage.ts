import type { DeploymentStatus } from './deployment.ts';
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
  /** The part of the work it belongs to; `what-if` is the read-only branch of the deploy workflow. */
  readonly workflow: 'deploy' | 'what-if' | 'destroy';
  readonly agent: AgentName;
  /** Status of the deployment while the stage runs. */
  readonly status: DeploymentStatus;
  /** What the agent is doing, for a progress line: starts with a verb in -ing form. */
  readonly title: string;
}

const deploy = (agent: AgentName, status: DeploymentStatus, title: string) =>
  ({ workflow: 'deploy', agent, status, title }) as const satisfies StageFacts;
const destroy = (title: string) =>
  ({ workflow: 'destroy', agent: 'janitor', status: 'DESTROYING', title }) as const satisfies StageFacts;

/** The stages of the workflows, in the order an operator reads them. */
export const STAGES = {
  analyse: deploy('recon', 'ANALYZING', 'reading the repository'),
  preview: {
    workflow: 'what-if',
    agent: 'provisioner',
    status: 'ANALYZING',
    title: 'previewing the changes',
  },
  assess: {
    workflow: 'what-if',
    agent: 'sheriff',
    status: 'ANALYZING',
    title: 'assessing the repository',
  },
  build: deploy('compiler', 'BUILDING', 'building the artifact'),
  network: deploy('provisioner', 'PROVISIONING', 'preparing the network'),
  'load-balancer': deploy('provisioner', 'PROVISIONING', 'creating the load balancer'),
  database: deploy('provisioner', 'PROVISIONING', 'creating the database'),
  monitoring: deploy('provisioner', 'PROVISIONING', 'setting up monitoring'),
  compute: deploy('provisioner', 'PROVISIONING', 'creating the instances'),
  migrate: deploy('deployer', 'DEPLOYING', 'running migrations'),
  release: deploy('deployer', 'DEPLOYING', 'starting the release'),
  harden: deploy('sheriff', 'SECURING', 'auditing security'),
  verify: deploy('qa', 'VERIFYING', 'verifying the release'),
  observe: deploy('ops', 'MONITORING_SETUP', 'wiring logs and metrics'),
  complete: deploy('deployer', 'MONITORING_SETUP', 'making the release permanent'),
  'plan-removal': destroy('finding every resource'),
  'remove-compute': destroy('stopping and removing the instances'),
  'remove-monitoring': destroy('removing dashboard and alarms'),
  snapshot: destroy('saving the database'),
  'remove-database': destroy('removing the database'),
  'remove-load-balancer': destroy('removing the load balancer'),
  'remove-network': destroy('removing the network'),
  'prove-removal': destroy('proving that nothing is left'),
} as const satisfies Record<string, StageFacts>;

export type StageName = keyof typeof STAGES;
export const STAGE_NAMES = Object.keys(STAGES) as readonly StageName[];

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
