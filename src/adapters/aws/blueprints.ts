import computeWebProduction from '../../../blueprints/compute.web-production.json' with { type: 'json' };
import computeWebProductionDatabase from '../../../blueprints/compute.web-production-database.json' with {
  type: 'json',
};
import computeWebStage1 from '../../../blueprints/compute.web-stage-1.json' with { type: 'json' };
import computeWebStage1Database from '../../../blueprints/compute.web-stage-1-database.json' with {
  type: 'json',
};
import computeWorkerProduction from '../../../blueprints/compute.worker-production.json' with {
  type: 'json',
};
import computeWorkerProductionDatabase from '../../../blueprints/compute.worker-production-database.json' with {
  type: 'json',
};
import computeWorkerStage1 from '../../../blueprints/compute.worker-stage-1.json' with { type: 'json' };
import computeWorkerStage1Database from '../../../blueprints/compute.worker-stage-1-database.json' with {
  type: 'json',
};
import databaseMysqlProduction from '../../../blueprints/database.mysql-production.json' with {
  type: 'json',
};
import databaseMysqlStage1 from '../../../blueprints/database.mysql-stage-1.json' with { type: 'json' };
import databasePostgresProduction from '../../../blueprints/database.postgres-production.json' with {
  type: 'json',
};
import databasePostgresStage1 from '../../../blueprints/database.postgres-stage-1.json' with { type: 'json' };
import loadBalancerHttp from '../../../blueprints/load-balancer.http.json' with { type: 'json' };
import loadBalancerHttps from '../../../blueprints/load-balancer.https.json' with { type: 'json' };
import monitoringWeb from '../../../blueprints/monitoring.web.json' with { type: 'json' };
import monitoringWebDatabase from '../../../blueprints/monitoring.web-database.json' with { type: 'json' };
import monitoringWorker from '../../../blueprints/monitoring.worker.json' with { type: 'json' };
import monitoringWorkerDatabase from '../../../blueprints/monitoring.worker-database.json' with {
  type: 'json',
};
import networkProduction from '../../../blueprints/network.production.json' with { type: 'json' };
import networkStage1 from '../../../blueprints/network.stage-1.json' with { type: 'json' };
import { HiveMindError } from '../../domain/errors.ts';
import type { BlueprintName } from '../../domain/stack.ts';

/** The templates are part of the bundle that uses them: what is deployed fits the code that deploys it. */
const TEMPLATES: Readonly<Record<BlueprintName, Readonly<Record<string, unknown>>>> = {
  network: {
    production: networkProduction,
    'stage-1': networkStage1,
  },
  'load-balancer': {
    http: loadBalancerHttp,
    https: loadBalancerHttps,
  },
  database: {
    'mysql-production': databaseMysqlProduction,
    'mysql-stage-1': databaseMysqlStage1,
    'postgres-production': databasePostgresProduction,
    'postgres-stage-1': databasePostgresStage1,
  },
  monitoring: {
    'web-database': monitoringWebDatabase,
    web: monitoringWeb,
    'worker-database': monitoringWorkerDatabase,
    worker: monitoringWorker,
  },
  compute: {
    'web-stage-1': computeWebStage1,
    'web-stage-1-database': computeWebStage1Database,
    'web-production': computeWebProduction,
    'web-production-database': computeWebProductionDatabase,
    'worker-stage-1': computeWorkerStage1,
    'worker-stage-1-database': computeWorkerStage1Database,
    'worker-production': computeWorkerProduction,
    'worker-production-database': computeWorkerProductionDatabase,
  },
};

/**
 * The template of a blueprint, as CloudFormation takes it.
 * @throws {HiveMindError} InternalError: there is no such variant
 */
export function blueprintTemplate(blueprint: BlueprintName, variant: string): string {
  const variants = TEMPLATES[blueprint];
  if (Object.hasOwn(variants, variant)) return JSON.stringify(variants[variant]);
  throw new HiveMindError('InternalError', `there is no blueprint "${blueprint}" in a variant "${variant}"`, {
    hint: 'this is a fault in HiveMind: report it with the output of `hivemind doctor`',
  });
}
