import type { DeploymentStatus } from '../../../domain/deployment.ts';
import type { ExecutionStatus } from '../../../domain/execution.ts';
import type { StageName } from '../../../domain/stage.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Numbers as sort keys: text that sorts like the number. Sixteen digits hold every safe integer. */
const sortable = (number: number): string =>
  String(Math.min(number, Number.MAX_SAFE_INTEGER)).padStart(16, '0');

export const deploymentPartition = (id: string): string => `deployment#${id}`;
export const executionPartition = (id: string): string => `execution#${id}`;
export const namePartition = (name: string): string => `name#${name}`;

export const deploymentKey = (id: string): Key => ({ pk: deploymentPartition(id), sk: 'deployment' });
export const lockKey = (id: string): Key => ({ pk: deploymentPartition(id), sk: 'lock' });
export const documentKey = (id: string, kind: string): Key => ({
  pk: deploymentPartition(id),
  sk: `document#${kind}`,
});
export const RELEASE_PREFIX = 'release#';
export const releaseKey = (id: string, number: number): Key => ({
  pk: deploymentPartition(id),
  sk: `${RELEASE_PREFIX}${sortable(number)}`,
});
export const resultPrefix = (stage?: StageName): string => (stage ? `result#${stage}#` : 'result#');
export const resultKey = (id: string, stage: StageName, digest: string): Key => ({
  pk: deploymentPartition(id),
  sk: `${resultPrefix(stage)}${digest}`,
});
export const EVENT_PREFIX = 'event#';
export const eventKey = (id: string, sequence: number): Key => ({
  pk: deploymentPartition(id),
  sk: `${EVENT_PREFIX}${sortable(sequence)}`,
});

/** The one freeze of a control plane. */
export const FREEZE_KEY: Key = { pk: 'control-plane', sk: 'freeze' };

export const executionKey = (id: string): Key => ({ pk: executionPartition(id), sk: 'execution' });
export const eventStartKey = (id: string): Key => ({ pk: executionPartition(id), sk: 'events' });
export const STAGE_PREFIX = 'stage#';
export const stageRunKey = (id: string, stage: StageName): Key => ({
  pk: executionPartition(id),
  sk: `${STAGE_PREFIX}${stage}`,
});
export const FIX_PREFIX = 'fix#';
export const fixKey = (executionId: string, id: string): Key => ({
  pk: executionPartition(executionId),
  sk: `${FIX_PREFIX}${id}`,
});

export const nameHolderKey = (name: string): Key => ({ pk: namePartition(name), sk: 'holder' });
export const nameEntryKey = (name: string, createdAt: string, id: string): Key => ({
  pk: namePartition(name),
  sk: `deployment#${createdAt}#${id}`,
});

export const deploymentsByStatus = (status: DeploymentStatus): string => `deployment#${status}`;
export const executionsByStatus = (status: ExecutionStatus): string => `execution#${status}`;
export const executionsOf = (deploymentId: string): string => `executions#${deploymentId}`;
/** Destroyed deployments pile up: a list without them does not read them. */
export const DEPLOYMENTS_BY_TIME = { live: 'deployments#live', destroyed: 'deployments#destroyed' } as const;
export const deploymentsByTime = (status: DeploymentStatus): string =>
  status === 'DESTROYED' ? DEPLOYMENTS_BY_TIME.destroyed : DEPLOYMENTS_BY_TIME.live;
