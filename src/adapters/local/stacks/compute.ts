import * as z from 'zod';
import { processShape } from '../../../contracts/plan.ts';
import type { ArtifactManifest, ArtifactStore } from '../../../ports/artifact-store.ts';
import { packageManagerDirectories, runtimeDirectory } from '../builder.ts';
import type { Home } from '../home.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { LocalBlueprint } from './blueprint.ts';

const processesShape = z.array(processShape.extend({ count: z.number().int().min(1) }));

export interface LocalComputeOptions {
  readonly home: Home;
  readonly supervisor: Supervisor;
  readonly artifacts: Pick<ArtifactStore, 'find'>;
}

/** Supervised processes, each in a folder of its own with the artifact in it; created stopped. */
export const localCompute = ({ home, supervisor, artifacts }: LocalComputeOptions): LocalBlueprint => ({
  changeable: [],
  resources: ({ processes }) =>
    parseProcesses(processes).flatMap(({ name, count }) =>
      Array.from({ length: count }, (_, index) => `process ${name}-${index + 1}`),
    ),
  deploy: async ({ name, deploymentId, parameters }, signal) => {
    const artifact = parameters['artifact'] ?? '';
    const manifest = await artifacts.find(artifact);
    const instances = await supervisor.createInstances(
      name,
      {
        deploymentId,
        artifact,
        root: parameters['root'] ?? '.',
        processes: parseProcesses(parameters['processes']),
        environmentSecret: parameters['environmentSecret'] || null,
        databaseSecret: parameters['databaseSecret'] || null,
        variables: {
          HIVEMIND_DEPLOYMENT: deploymentId,
          HIVEMIND_RELEASE: parameters['release'] ?? '',
          HIVEMIND_COMMIT: parameters['commit'] ?? '',
          HIVEMIND_COLOR: parameters['color'] ?? '',
        },
        programDirectories: await programDirectories(home, manifest),
      },
      { signal },
    );
    return { instances: instances.map(({ id }) => id).join(',') };
  },
  remove: (name) => supervisor.removeInstances(name),
});

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

const parseProcesses = (text: string | undefined) => processesShape.parse(JSON.parse(text ?? '[]'));
