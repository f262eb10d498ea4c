import type { InfrastructureInspection } from '../../ports/infrastructure-inspection.ts';

/** This machine is not ours to judge: what runs on it is seen by the runtime inspection. */
export const localInfrastructureInspection: InfrastructureInspection = {
  observe: async () => undefined,
};
