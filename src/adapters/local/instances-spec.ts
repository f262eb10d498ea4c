import type { InstanceRelease } from '../../domain/instance-release.ts';
import type { ArtifactManifest, ArtifactStore } from '../../ports/artifact-store.ts';
import { packageManagerDirectories, runtimeDirectory } from './builder.ts';
import type { Home } from './home.ts';
import type { InstancesSpec } from './supervisor/instance-definition.ts';

export interface InstanceSources {
  readonly home: Home;
  readonly artifacts: Pick<ArtifactStore, 'find'>;
}

/** What the supervisor has to know to run a release. */
export async function instancesSpec(
  { home, artifacts }: InstanceSources,
  deploymentId: string,
  release: InstanceRelease,
): Promise<InstancesSpec> {
  const { artifact, root, processes, environmentSecret, databaseSecret } = release;
  return {
    deploymentId,
    artifact,
    root,
    processes,
    environmentSecret,
    databaseSecret,
    variables: {
      ...release.variables,
      HIVEMIND_DEPLOYMENT: deploymentId,
      HIVEMIND_RELEASE: String(release.number),
      HIVEMIND_COMMIT: release.commit,
      HIVEMIND_COLOR: release.color,
    },
    programDirectories: await programDirectories(home, await artifacts.find(artifact)),
  };
}

/** Our own Node is in every PATH already. */
async function programDirectories(
  home: Home,
  manifest: ArtifactManifest | undefined,
): Promise<readonly string[]> {
  if (manifest?.runtime !== 'node') return [];
  const runtime = runtimeDirectory(home, manifest.runtime, manifest.runtimeVersion);
  const own = manifest.runtimeVersion === process.versions.node;
  return [...(own || runtime === undefined ? [] : [runtime]), ...(await packageManagerDirectories(home))];
}
