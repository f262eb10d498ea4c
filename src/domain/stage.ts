import type { DeploymentStatus } from './deployment.ts';
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
  readonly status: DeploymentStatus;
  /** What the agent is doing, for a progress line: starts with a verb in -ing form. */
  readonly title: string;
}

/** The stages of the deploy workflow, in the order an operator reads them. */
export const STAGES = {
  analyse: { agent: 'recon', status: 'ANALYZING', title: 'reading the repository' },
  build: { agent: 'compiler', status: 'BUILDING', title: 'building the artifact' },
  network: { agent: 'provisioner', status: 'PROVISIONING', title: 'preparing the network' },
  'load-balancer': { agent: 'provisioner', status: 'PROVISIONING', title: 'creating the load balancer' },
  database: { agent: 'provisioner', status: 'PROVISIONING', title: 'creating the database' },
  compute: { agent: 'provisioner', status: 'PROVISIONING', title: 'creating the instances' },
  migrate: { agent: 'deployer', status: 'DEPLOYING', title: 'running migrations' },
  release: { agent: 'deployer', status: 'DEPLOYING', title: 'starting the release' },
  harden: { agent: 'sheriff', status: 'SECURING', title: 'auditing security' },
  verify: { agent: 'qa', status: 'VERIFYING', title: 'verifying the release' },
  observe: { agent: 'ops', status: 'MONITORING_SETUP', title: 'wiring logs and metrics' },
  complete: { agent: 'ops', status: 'MONITORING_SETUP', title: 'writing the report' },
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
}
