import type { Bounded } from '../places.ts';
import type { Statement } from '../statement.ts';
import { DATABASE_TYPES } from './database-types.ts';
import { deliveryStatements, launchStatements, roleStatements } from './indirect-statements.ts';
import { INSTANCE_TYPES } from './instance-types.ts';
import { LOAD_BALANCER_TYPES } from './load-balancer-types.ts';
import { MONITORING_TYPES } from './monitoring-types.ts';
import { NETWORK_TYPES } from './network-types.ts';
import type { ResourceTypes } from './resource-type.ts';
import { typeStatements } from './statements.ts';

/** Every resource type that the stack role can make. */
export const STACK_TYPES: ResourceTypes = {
  ...NETWORK_TYPES,
  ...LOAD_BALANCER_TYPES,
  ...DATABASE_TYPES,
  ...INSTANCE_TYPES,
  ...MONITORING_TYPES,
};

/** In groups, because a managed policy holds 6144 characters. */
export const stackRoleStatements = (places: Bounded): Readonly<Record<string, readonly Statement[]>> => ({
  Network: [...typeStatements(NETWORK_TYPES, places), ...deliveryStatements],
  LoadBalancer: typeStatements(LOAD_BALANCER_TYPES, places),
  Database: typeStatements(DATABASE_TYPES, places),
  Instances: [...typeStatements(INSTANCE_TYPES, places), ...launchStatements(places)],
  Roles: roleStatements(places),
  Monitoring: typeStatements(MONITORING_TYPES, places),
});
