import { type ErrorCode, HiveMindError } from '../../src/domain/errors.ts';
import type { TaskAnswer } from '../../src/stages/stage-context.ts';

const INFRASTRUCTURE = ['network', 'load-balancer', 'database', 'monitoring'].map(
  (blueprint) => `provisioner deploy ${blueprint}`,
);
const COMPUTE = 'provisioner deploy compute';
/** From instances of the new release to all traffic. */
const SWAP = [COMPUTE, 'deployer start', 'qa candidate', 'deployer shift'];
const PERMANENT = ['ops observe', 'deployer complete', 'provisioner promote', 'deployer retire'];

/** Tasks of the deploy of an application that has everything, in order; the compiler works beside the infrastructure. */
export const DEPLOY_TASKS: readonly string[] = [
  'recon',
  'compiler',
  ...INFRASTRUCTURE,
  COMPUTE,
  'deployer migrate',
  'deployer release',
  'sheriff harden',
  'qa',
  'ops observe',
  'deployer complete',
];

const [, ...STARTED] = SWAP;
/** Tasks of an update, likewise. */
export const UPDATE_TASKS: readonly string[] = [
  'recon',
  'compiler',
  ...INFRASTRUCTURE,
  COMPUTE,
  'deployer migrate',
  ...STARTED,
  'qa',
  'sheriff harden',
  ...PERMANENT,
];

export const UPGRADE_TASKS: readonly string[] = [
  'compiler restore',
  ...INFRASTRUCTURE,
  ...SWAP,
  'qa',
  'sheriff harden',
  ...PERMANENT,
];

export const ROLLBACK_TASKS: readonly string[] = [
  'compiler restore',
  'provisioner deploy load-balancer',
  ...SWAP,
  'qa',
  ...PERMANENT,
];

export const RETIRE_TASKS: readonly string[] = ['janitor retire'];

/** Begun together: which is called first means nothing. */
export const BESIDE_EACH_OTHER: readonly string[] = [
  'compiler',
  ...['network', 'load-balancer', 'database'].map((blueprint) => `provisioner deploy ${blueprint}`),
];

/** One call is enough for them; the others are called again until they are finished. */
export const DONE_AT_ONCE: readonly string[] = [
  'recon',
  'sheriff harden',
  'qa',
  'qa candidate',
  'ops observe',
];

/** Tasks of a removal, in order. */
export const DESTROY_TASKS: readonly string[] = [
  'plan-removal',
  'remove-compute',
  'remove-monitoring',
  'snapshot',
  'remove-database',
  'remove-load-balancer',
  'remove-network',
  'prove-removal',
].map((action) => `janitor ${action}`);

/** What the analysis of an application says that needs a load balancer and a database, apart from the given facts. */
export const analysed = (
  facts: Partial<Record<'whatIf' | 'exposed' | 'database' | 'rolling' | 'toNothing', boolean>> = {},
): TaskAnswer => ({
  finished: true,
  whatIf: false,
  exposed: true,
  database: true,
  rolling: false,
  toNothing: false,
  ...facts,
});

/** The Medic's way when nothing helps, and what is left is cleaned up. */
export const GIVING_UP: readonly string[] = ['medic diagnose', 'medic give-up'];
export const CLEANING_UP: readonly string[] = [...GIVING_UP, 'janitor clean-up'];

/** What the Medic says of a failure. */
export const diagnosed = (next: 'apply' | 'ask' | 'give-up', answerSeconds = 60): TaskAnswer => ({
  finished: true,
  next,
  answerSeconds,
});

const ANSWERS: Readonly<Record<string, TaskAnswer>> = {
  recon: analysed(),
  'compiler restore': analysed(),
  'medic diagnose': diagnosed('give-up'),
  'medic apply': { finished: true, pauseSeconds: 0 },
  'medic give-up': { finished: true, leaveInPlace: false },
};

/** What an agent answers that is told nothing else. */
export const answerWhenAllIsWell = (task: string): TaskAnswer => ANSWERS[task] ?? { finished: true };

export const breaksWith = (code: ErrorCode) => (): never => {
  throw new HiveMindError(code, 'it broke', { hint: 'mend it' });
};
