import * as z from 'zod';
import { instanceReleaseOf } from '../../../contracts/instance-release.ts';
import { processShape } from '../../../contracts/plan.ts';
import { type InstanceSources, instancesSpec } from '../instances-spec.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { LocalBlueprint, StackPlan } from './blueprint.ts';

const processesShape = z.array(processShape.extend({ count: z.number().int().min(1) }));

export interface LocalComputeOptions extends InstanceSources {
  readonly supervisor: Supervisor;
}

/** Supervised processes, each in a folder of its own with the artifact in it; created stopped. */
export const localCompute = ({ supervisor, ...sources }: LocalComputeOptions): LocalBlueprint => {
  const specOf = ({ deploymentId, parameters }: StackPlan) =>
    instancesSpec(sources, deploymentId, instanceReleaseOf(parameters));
  return {
    changeable: [],
    stands: async (stack) => supervisor.isAsSpecified(stack.name, await specOf(stack)),
    resources: ({ processes }) =>
      parseProcesses(processes).flatMap(({ name, count }) =>
        Array.from({ length: count }, (_, index) => `process ${name}-${index + 1}`),
      ),
    deploy: async (stack, signal) => {
      const instances = await supervisor.createInstances(stack.name, await specOf(stack), { signal });
      return { instances: instances.map(({ id }) => id).join(',') };
    },
    remove: (name) => supervisor.removeInstances(name),
  };
};

const parseProcesses = (text: string | undefined) => processesShape.parse(JSON.parse(text ?? '[]'));
