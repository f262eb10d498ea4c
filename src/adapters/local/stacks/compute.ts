import { z } from 'zod';
import { processShape } from '../../../contracts/plan.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { LocalBlueprint } from './blueprint.ts';

const processesShape = z.array(processShape.extend({ count: z.number().int().min(1) }));

/** Supervised processes, each in a folder of its own with the artifact in it; created stopped. */
export const localCompute = (supervisor: Supervisor): LocalBlueprint => ({
  changeable: [],
  resources: ({ processes }) =>
    parseProcesses(processes).flatMap(({ name, count }) =>
      Array.from({ length: count }, (_, index) => `process ${name}-${index + 1}`),
    ),
  deploy: async ({ name, deploymentId, parameters }, signal) => {
    const instances = await supervisor.createInstances(
      name,
      {
        deploymentId,
        artifact: parameters['artifact'] ?? '',
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
      },
      { signal },
    );
    return { instances: instances.map(({ id }) => id).join(',') };
  },
  remove: (name) => supervisor.removeInstances(name),
});

const parseProcesses = (text: string | undefined) => processesShape.parse(JSON.parse(text ?? '[]'));
