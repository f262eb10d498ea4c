import type { DatabaseSync } from 'node:sqlite';
import type { HistoryEvent } from '../../domain/events.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeploymentStore } from '../../ports/deployment-store.ts';
import { deploymentRecords } from './state/deployments.ts';
import { Statements } from './state/documents.ts';
import { eventRecords, lockRecords } from './state/events.ts';
import { fixRecords } from './state/fixes.ts';
import { releaseRecords, stageRecords } from './state/stages.ts';

export interface LocalDeploymentStoreOptions {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  /** Called with every event after it is stored. */
  readonly onEvent?: (event: HistoryEvent) => void;
}

/** The store in SQLite. */
export function localDeploymentStore(options: LocalDeploymentStoreOptions): DeploymentStore {
  const { database, clock, onEvent = () => undefined } = options;
  const statements = new Statements(database);
  return {
    ...deploymentRecords(statements, clock),
    ...stageRecords(statements),
    ...fixRecords(statements),
    ...releaseRecords(statements),
    ...eventRecords(statements, clock, onEvent),
    ...lockRecords(statements, clock),
  };
}
