import { type BlueprintName, REMOVAL_ORDER as STACK_ORDER } from './stack.ts';
import { secondsBetween } from './time.ts';

/** Something that exists and carries our mark. */
export interface OwnedResource {
  /** `process`, `port`, `directory`, `database`, `stack`, `secret`, `artifact`, `log`, `snapshot` ... */
  readonly type: string;
  readonly id: string;
  /** Deployment that it says it is of; null when it says none. */
  readonly deploymentId: string | null;
  /** ISO time since when it has been there or was last changed; null where that cannot be seen. */
  readonly since: string | null;
  /** Of a stack. */
  readonly blueprint: BlueprintName | null;
  /** Whether the platform's own records know nothing of it, although its deployment may live. */
  readonly stray: boolean;
  /** Why it stays although its deployment is gone; null when it has no reason to. */
  readonly keptFor: string | null;
}

/** What decides whether something still has an owner. */
export interface OwnerFacts {
  /** Ids of the deployments that exist. */
  readonly living: ReadonlySet<string>;
  /** When deployments were destroyed: ISO time by id. */
  readonly destroyed: ReadonlyMap<string, string>;
  /** Artifacts that a living deployment can still run. */
  readonly usedArtifacts: ReadonlySet<string>;
  /** Whether some workflow runs, which may be making things that no record knows yet. */
  readonly isWorking: boolean;
  readonly now: string;
  readonly olderThanSeconds: number;
}

export const ORPHAN_VERDICTS = ['orphan', 'too young', 'kept'] as const;

export interface Orphan extends OwnedResource {
  /** Only an `orphan` is removed. */
  readonly verdict: (typeof ORPHAN_VERDICTS)[number];
  readonly reason: string;
}

/** What none of the living deployments owns, each with what is to become of it and why. */
export function orphansAmong(resources: readonly OwnedResource[], facts: OwnerFacts): readonly Orphan[] {
  return inOneAge(resources.filter((resource) => !isOwned(resource, facts))).map((resource) => ({
    ...resource,
    ...verdictOn(resource, facts),
  }));
}

/** What is removed together for a deployment is as young as its youngest. */
const TOGETHER = ['secret', 'log', 'log-stream', 'instance'];

function inOneAge(resources: readonly OwnedResource[]): readonly OwnedResource[] {
  const keyOf = ({ type, deploymentId }: OwnedResource) => `${type} ${deploymentId}`;
  const youngest = new Map<string, string>();
  for (const resource of resources) {
    const known = youngest.get(keyOf(resource)) ?? '';
    if (resource.since !== null && resource.since > known) youngest.set(keyOf(resource), resource.since);
  }
  return resources.map((resource) =>
    TOGETHER.includes(resource.type)
      ? { ...resource, since: youngest.get(keyOf(resource)) ?? null }
      : resource,
  );
}

/** Whether nothing tells which deployment it is needed by. */
export const isUnclaimed = ({ stray, deploymentId }: OwnedResource): boolean =>
  stray || deploymentId === null;

/** Belongs to all deployments of a stage together: it has an owner as long as there is any. */
const SHARED = 'shared';

function isOwned(
  { type, id, deploymentId, stray }: OwnedResource,
  { living, usedArtifacts }: OwnerFacts,
): boolean {
  if (type === 'artifact') return usedArtifacts.has(id);
  if (stray || deploymentId === null) return false;
  return deploymentId === SHARED ? living.size > 0 : living.has(deploymentId);
}

function verdictOn(resource: OwnedResource, facts: OwnerFacts): Pick<Orphan, 'verdict' | 'reason'> {
  if (resource.keptFor !== null) return { verdict: 'kept', reason: resource.keptFor };
  if (isUnclaimed(resource) && facts.isWorking) {
    return { verdict: 'too young', reason: 'a workflow runs, and it may belong to that' };
  }
  const since = resource.since ?? facts.destroyed.get(resource.deploymentId ?? '');
  if (facts.olderThanSeconds > 0) {
    if (since === undefined) return { verdict: 'too young', reason: 'nothing tells its age' };
    const seconds = secondsBetween(since, facts.now);
    if (seconds < facts.olderThanSeconds) return { verdict: 'too young', reason: `there since ${since}` };
  }
  return { verdict: 'orphan', reason: reasonOf(resource, facts) };
}

function reasonOf({ type, deploymentId, stray }: OwnedResource, { destroyed }: OwnerFacts): string {
  if (type === 'artifact') return 'no release that can run has it';
  if (stray) return 'no record knows it';
  if (deploymentId === null) return 'it is of no deployment';
  const at = destroyed.get(deploymentId);
  return at === undefined
    ? `there is no deployment ${deploymentId}`
    : `its deployment was destroyed at ${at}`;
}

/** What uses goes before what is used. */
const TYPE_ORDER = ['process', 'instance', 'stack', 'port', 'database', 'directory', 'secret', 'artifact'];

export const inOrderOfRemoval = (orphans: readonly Orphan[]): readonly Orphan[] =>
  orphans.filter(({ verdict }) => verdict === 'orphan').toSorted((one, other) => rank(one) - rank(other));

function rank({ type, blueprint }: Orphan): number {
  const index = TYPE_ORDER.indexOf(type);
  const place = index === -1 ? TYPE_ORDER.length : index;
  return place * 10 + (blueprint === null ? 0 : STACK_ORDER.indexOf(blueprint));
}
