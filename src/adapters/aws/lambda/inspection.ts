import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import type { InfrastructureInspection } from '../../../ports/infrastructure-inspection.ts';
import type { RuntimeInspection } from '../../../ports/runtime-inspection.ts';
import { awsInfrastructureInspection, type InspectionSources } from '../infrastructure-inspection.ts';
import { awsRuntimeInspection } from '../runtime-inspection.ts';
import { functionFleet } from './fleet.ts';
import { newClient } from './observability.ts';

const fleet = functionFleet();
const clients = {
  ...fleet,
  loadBalancing: newClient(ElasticLoadBalancingV2Client),
  rds: newClient(RDSClient),
};

/** Loaded with `import()` when something runs that is to be looked at: half of what is judged is a repository. */
export const inspection = (
  stacks: InspectionSources['stacks'],
): { readonly runtime: RuntimeInspection; readonly infrastructure: InfrastructureInspection } => ({
  runtime: awsRuntimeInspection(fleet),
  infrastructure: awsInfrastructureInspection({ ...clients, stacks }),
});
