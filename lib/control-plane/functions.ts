import type { Fact } from './facts.ts';

export interface FunctionSize {
  /** A whole virtual CPU comes with 1769. */
  readonly memoryMegabytes: number;
  /** Not longer than the workflow waits for the task: then no call outlives the one that follows it. */
  readonly timeoutSeconds: number;
  /** Room under /tmp. @default 0.5 */
  readonly storageGibibytes?: number;
  /** What it is told of the control plane, in its environment. */
  readonly facts: readonly Fact[];
  /** What the console shows. */
  readonly description: string;
}

/** What nearly every agent is told: where the records are, and where its log lines go. */
const RECORDS = ['table', 'logGroup'] as const satisfies readonly Fact[];

/** Agents that ask language models: which, and whom to tell when a budget for them goes down. */
const THINKS = ['models', 'alarmTopicArn'] as const satisfies readonly Fact[];

/** The nine agents, and the conductor, which is none: it starts executions and settles ended ones. */
export const FUNCTIONS = {
  recon: {
    memoryMegabytes: 1769,
    timeoutSeconds: 280,
    storageGibibytes: 4,
    facts: [...RECORDS, ...THINKS, 'artifactBucket'],
    description: 'Reads the repository at an exact commit and writes the plan',
  },
  compiler: {
    memoryMegabytes: 1769,
    timeoutSeconds: 600,
    facts: [...RECORDS, 'artifactBucket', 'buildProject'],
    description: 'Builds one content-addressed artifact, isolated in CodeBuild',
  },
  provisioner: {
    memoryMegabytes: 512,
    timeoutSeconds: 110,
    facts: [
      ...RECORDS,
      'artifactBucket',
      'accessLogBucket',
      'stackRoleArn',
      'permissionsBoundaryArn',
      'instanceDocument',
      'alarmTopicArn',
    ],
    description: 'Makes the stacks of a deployment through CloudFormation',
  },
  deployer: {
    memoryMegabytes: 512,
    timeoutSeconds: 300,
    facts: [...RECORDS, 'artifactBucket', 'instanceDocument'],
    description: 'Runs migrations, starts the release and gives it the traffic',
  },
  sheriff: {
    memoryMegabytes: 1769,
    timeoutSeconds: 280,
    facts: [...RECORDS, ...THINKS, 'artifactBucket', 'instanceDocument'],
    description: 'Judges the controls: network, encryption, secrets, dependencies',
  },
  qa: {
    memoryMegabytes: 512,
    timeoutSeconds: 280,
    facts: [...RECORDS, ...THINKS, 'artifactBucket', 'instanceDocument'],
    description: 'Proves which release answers, and that it answers well',
  },
  ops: {
    memoryMegabytes: 512,
    timeoutSeconds: 110,
    facts: [...RECORDS, ...THINKS, 'instanceDocument'],
    description: 'Wires logs and metrics and writes the report',
  },
  medic: {
    memoryMegabytes: 512,
    timeoutSeconds: 110,
    facts: [...RECORDS, ...THINKS, 'artifactBucket'],
    description: 'Says what failed and why, asks what may be done, and does it',
  },
  janitor: {
    memoryMegabytes: 512,
    timeoutSeconds: 110,
    facts: [...RECORDS, 'artifactBucket', 'instanceDocument'],
    description: 'Finds and removes everything of a deployment',
  },
  conductor: {
    memoryMegabytes: 512,
    timeoutSeconds: 55,
    facts: ['table', 'stateMachineArnPrefix'],
    description: 'Accepts console input and pushes; settles executions; ends what is forgotten',
  },
} as const satisfies Record<string, FunctionSize>;

export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

export const functionName = (name: FunctionName): string => `hivemind-${name}`;

/** Whether it carries what asks a language model, which it loads only to ask. */
export function asksModel(name: FunctionName): boolean {
  const { facts }: FunctionSize = FUNCTIONS[name];
  return facts.includes('models');
}
