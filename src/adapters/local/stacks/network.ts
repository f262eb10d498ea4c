import type { LocalBlueprint } from './blueprint.ts';

/** This machine's loopback interface: there is nothing to make and nothing to remove. */
export const localNetwork: LocalBlueprint = {
  changeable: [],
  resources: () => ['loopback interface'],
  deploy: async () => ({ host: '127.0.0.1' }),
  remove: async () => undefined,
};
