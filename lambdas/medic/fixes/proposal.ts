import type { Deployment } from '../../../src/domain/deployment.ts';
import type { Execution } from '../../../src/domain/execution.ts';
import type { Failure, FailureDiagnosis } from '../../../src/domain/failure.ts';
import type { FixAction } from '../../../src/domain/fix.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { RepositoryFacts } from './repository-facts.ts';

/** All that is known of a failure when a fix for it is looked for. */
export interface Ailment {
  readonly deployment: Deployment;
  readonly execution: Execution;
  readonly failure: Failure;
  readonly diagnosis: FailureDiagnosis;
  /** The plan that failed; null when it failed before there was one. */
  readonly plan: Plan | null;
  /** What the repository offers at the commit that failed; null when it cannot be read. */
  readonly repository: RepositoryFacts | null;
  /** How many fixes of this execution have been applied before. */
  readonly fixesBefore: number;
}

/** What may be done about an ailment, best first; empty when HiveMind can do nothing. Pure. */
export type Remedy = (ailment: Ailment) => readonly FixAction[];
