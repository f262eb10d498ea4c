import type { LocalBlueprint } from './blueprint.ts';

/** The server measures and logs every deployment by itself: there is nothing to make and nothing to remove. */
export const localMonitoring: LocalBlueprint = {
  changeable: [],
  resources: () => ['logs and metrics of this machine'],
  deploy: async () => ({}),
  remove: async () => undefined,
};
