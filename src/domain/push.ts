import type { Deployment } from './deployment.ts';
import { parseSource, sameSource } from './source.ts';

/** Somebody moved a branch of a git repository. */
export interface Push {
  /** The same for every delivery of the same push. */
  readonly eventId: string;
  /** When it happened, as ISO 8601 in UTC. */
  readonly at: string;
  /** Address of the repository. */
  readonly repository: string;
  readonly branch: string;
  /** The branch that a source without a ref means, if whoever reports the push knows it. */
  readonly defaultBranch?: string | undefined;
  readonly commit: string;
  readonly pusher: string;
}

const USUAL_DEFAULT_BRANCHES = ['main', 'master'];

/**
 * Whether the deployment goes with the branch: it runs on AWS, comes from that repository, and names that branch or none.
 * @throws {HiveMindError} UnsafeSource, InvalidInput: the repository is no git address
 */
export function followsPush(deployment: Deployment, push: Push): boolean {
  const { source, status, target } = deployment;
  if (target !== 'aws' || source.kind !== 'git') return false;
  if (status === 'DESTROYED' || status === 'DESTROYING') return false;
  if (!sameSource(source, parseSource(push.repository, { workingTree: false }))) return false;
  if (source.ref !== undefined) return source.ref === push.branch;
  return push.defaultBranch === undefined
    ? USUAL_DEFAULT_BRANCHES.includes(push.branch)
    : push.branch === push.defaultBranch;
}
