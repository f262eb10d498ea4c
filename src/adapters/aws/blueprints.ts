import { HiveMindError } from '../../domain/errors.ts';
import type { BlueprintName } from '../../domain/stack.ts';

/** Resolves with the contents. */
type LoadTemplate = () => Promise<{ readonly default: unknown }>;

/**
 * The templates are part of the bundle that uses them: what is deployed fits the code that deploys it. Each is loaded when it is
 * needed: a call makes one stack.
 */
const TEMPLATES: Readonly<Record<BlueprintName, Readonly<Record<string, LoadTemplate>>>> = {
  network: {
    production: () => import('../../../blueprints/network.production.json', { with: { type: 'json' } }),
    'stage-1': () => import('../../../blueprints/network.stage-1.json', { with: { type: 'json' } }),
  },
  'load-balancer': {
    http: () => import('../../../blueprints/load-balancer.http.json', { with: { type: 'json' } }),
    https: () => import('../../../blueprints/load-balancer.https.json', { with: { type: 'json' } }),
  },
  database: {
    'mysql-production': () =>
      import('../../../blueprints/database.mysql-production.json', { with: { type: 'json' } }),
    'mysql-stage-1': () =>
      import('../../../blueprints/database.mysql-stage-1.json', { with: { type: 'json' } }),
    'postgres-production': () =>
      import('../../../blueprints/database.postgres-production.json', { with: { type: 'json' } }),
    'postgres-stage-1': () =>
      import('../../../blueprints/database.postgres-stage-1.json', { with: { type: 'json' } }),
  },
  monitoring: {
    'web-database': () =>
      import('../../../blueprints/monitoring.web-database.json', { with: { type: 'json' } }),
    web: () => import('../../../blueprints/monitoring.web.json', { with: { type: 'json' } }),
    'worker-database': () =>
      import('../../../blueprints/monitoring.worker-database.json', { with: { type: 'json' } }),
    worker: () => import('../../../blueprints/monitoring.worker.json', { with: { type: 'json' } }),
  },
  compute: {
    'web-stage-1': () => import('../../../blueprints/compute.web-stage-1.json', { with: { type: 'json' } }),
    'web-stage-1-database': () =>
      import('../../../blueprints/compute.web-stage-1-database.json', { with: { type: 'json' } }),
    'web-production': () =>
      import('../../../blueprints/compute.web-production.json', { with: { type: 'json' } }),
    'web-production-database': () =>
      import('../../../blueprints/compute.web-production-database.json', { with: { type: 'json' } }),
    'worker-stage-1': () =>
      import('../../../blueprints/compute.worker-stage-1.json', { with: { type: 'json' } }),
    'worker-stage-1-database': () =>
      import('../../../blueprints/compute.worker-stage-1-database.json', { with: { type: 'json' } }),
    'worker-production': () =>
      import('../../../blueprints/compute.worker-production.json', { with: { type: 'json' } }),
    'worker-production-database': () =>
      import('../../../blueprints/compute.worker-production-database.json', { with: { type: 'json' } }),
  },
};

/**
 * The template of a blueprint, as CloudFormation takes it.
 * @throws {HiveMindError} InternalError: there is no such variant
 */
export async function blueprintTemplate(blueprint: BlueprintName, variant: string): Promise<string> {
  const variants = TEMPLATES[blueprint];
  const load = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
  if (load) return JSON.stringify((await load()).default);
  throw new HiveMindError('InternalError', `there is no blueprint "${blueprint}" in a variant "${variant}"`, {
    hint: 'this is a fault in HiveMind: report it with the output of `hivemind doctor`',
  });
}
