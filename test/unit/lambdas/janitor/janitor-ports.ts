import type { JanitorPorts } from '../../../../lambdas/janitor/ports.ts';

const unused = async () => Promise.reject(new Error('nobody asks for it'));

/** What a world has in which there is nothing. */
export const NOBODY_ASKS: Omit<JanitorPorts, 'store' | 'clock'> = {
  stacks: { list: async () => [], describe: async () => undefined, remove: unused },
  router: {
    shift: unused,
    weights: unused,
    health: async () => [],
    deregister: async () => true,
    replaceFailing: unused,
    healthChange: unused,
    register: unused,
  },
  instances: {
    list: async () => [],
    start: unused,
    stop: unused,
    install: unused,
    firstExit: unused,
    listeningPorts: unused,
    logTail: unused,
  },
  snapshots: { create: unused, removeFinal: async () => true },
  inventory: { find: unused },
  secrets: { list: async () => [], removeAll: async () => undefined },
  artifacts: { find: async () => undefined, remove: unused },
  builder: { stop: unused, forget: async () => undefined },
  sources: { forget: async () => undefined },
  telemetry: { log: () => undefined, forget: async () => undefined },
};

/** Ports of a Janitor in whose world there is nothing but what is given. */
export const janitorPorts = (
  given: Pick<JanitorPorts, 'store' | 'clock'> & Partial<JanitorPorts>,
): JanitorPorts => ({ ...NOBODY_ASKS, ...given });
