import type { PostgresClusters } from '../database/clusters.ts';
import type { LocalBlueprint } from './blueprint.ts';

/** A PostgreSQL cluster of its own with one database and one role. */
export const localDatabase = (clusters: PostgresClusters): LocalBlueprint => ({
  changeable: [],
  resources: () => ['PostgreSQL cluster', 'database', 'role', 'secret with the credentials'],
  deploy: async ({ name, deploymentId }, signal) => {
    const databaseName = deploymentId.replaceAll('-', '_');
    const { host, port, secret } = await clusters.create(name, { deploymentId, databaseName }, { signal });
    return { host, port: String(port), secret, endpoint: `postgres://${host}:${port}/${databaseName}` };
  },
  remove: (name) => clusters.remove(name),
});
