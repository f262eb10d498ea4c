import type { ReleaseView } from '../contracts/releases.ts';
import type { Deployment } from '../domain/deployment.ts';
import { asHiveMindError } from '../domain/errors.ts';
import { type Execution, isRelease } from '../domain/execution.ts';
import type { Release } from '../domain/release.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { analysedOutput } from '../stages/outputs.ts';
import { findOutput } from '../stages/stage-context.ts';
import { releasesThatLived } from './lived-releases.ts';
import { irreversibleReleases, irreversibleSince } from './migrations-between.ts';
import { requireDeployment } from './require-deployment.ts';

/** Ports that reading about releases needs. */
export interface ReleasePorts {
  readonly store: DeploymentStore;
  readonly artifacts: Pick<ArtifactStore, 'find'>;
}

/** The releases of a deployment, newest first. @throws {HiveMindError} DeploymentNotFound */
export async function listReleases(ports: ReleasePorts, idOrName: string): Promise<ReleaseView[]> {
  const life = await lifeOf(ports, await requireDeployment(ports.store, idOrName));
  return await Promise.all(life.releases.map((release) => describeRelease(ports, life, release)));
}

/** A deployment with all that its releases are judged by. */
export interface Life {
  readonly deployment: Deployment;
  readonly releases: readonly Release[];
  /** Numbers of the releases whose migration cannot be undone. */
  readonly irreversible: ReadonlySet<number>;
  /** Numbers of the releases that were live at some time. */
  readonly lived: ReadonlySet<number>;
}

export async function lifeOf({ store }: ReleasePorts, deployment: Deployment): Promise<Life> {
  const [releases, irreversible, lived] = await Promise.all([
    store.listReleases(deployment.id),
    irreversibleReleases(store, deployment.id),
    releasesThatLived(store, deployment),
  ]);
  return { deployment, releases, irreversible, lived };
}

export async function describeRelease(
  ports: ReleasePorts,
  life: Life,
  release: Release,
): Promise<ReleaseView> {
  const { deployment, irreversible } = life;
  const { store } = ports;
  const { executionId = null, number, commit, artifact, createdAt } = release;
  const execution = executionId === null ? undefined : await store.findExecution(executionId);
  const analysed =
    executionId === null ? undefined : await findOutput(store, executionId, 'analyse', analysedOutput);
  const artifactKept = await isKept(ports, artifact);
  const mark = markOf(life, number);
  return {
    number,
    commit,
    subject: analysed?.source.subject ?? null,
    artifact,
    artifactKept,
    createdAt,
    actor: execution?.actor ?? null,
    workflow: execution && isRelease(execution) ? execution.workflow : null,
    executionId,
    mark,
    warmUntil: mark === 'warm' ? (deployment.warm?.until ?? null) : null,
    freezes: irreversible.has(number),
    rollbackRefused: refusalOf(life, { release, execution, artifactKept }),
  };
}

/** A manifest that cannot be read says that nothing of the artifact can be trusted. */
async function isKept({ artifacts }: ReleasePorts, id: string): Promise<boolean> {
  try {
    return (await artifacts.find(id)) !== undefined;
  } catch (thrown) {
    if (asHiveMindError(thrown).code === 'ArtifactCorrupt') return false;
    throw thrown;
  }
}

function markOf({ deployment, lived }: Life, number: number): ReleaseView['mark'] {
  if (number === deployment.liveRelease) return 'live';
  if (number === deployment.warm?.release) return 'warm';
  if (number === deployment.previousRelease) return 'previous';
  return lived.has(number) ? null : 'never-live';
}

function refusalOf(
  { deployment, releases, irreversible, lived }: Life,
  facts: {
    readonly release: Release;
    readonly execution: Execution | undefined;
    readonly artifactKept: boolean;
  },
): string | null {
  const { release, execution, artifactKept } = facts;
  if (deployment.liveRelease === undefined) return 'no release is live';
  if (release.number === deployment.liveRelease) return 'it is live';
  if (!lived.has(release.number)) return 'it was never live';
  if (!execution) return 'nothing is on record of how it was made';
  if (!artifactKept) return 'its artifact is not kept any more';
  const blocking = irreversibleSince(release, releases, irreversible);
  if (blocking.length === 0) return null;
  return `the migration of release ${blocking.map(({ number }) => number).join(', ')} cannot be undone`;
}
