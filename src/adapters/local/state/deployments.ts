import { changedExecution } from '../../../contracts/changed-execution.ts';
import { deploymentRecord, executionRecord } from '../../../contracts/records.ts';
import { type Deployment, deploymentNotFound } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import { type Execution, executionNotFound } from '../../../domain/execution.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DeploymentStore, ListFilter } from '../../../ports/deployment-store.ts';
import type { Statements } from './documents.ts';

type DeploymentRecords = Pick<
  DeploymentStore,
  | 'createDeployment'
  | 'findDeployment'
  | 'listDeployments'
  | 'updateDeployment'
  | 'createExecution'
  | 'findExecution'
  | 'updateExecution'
  | 'listExecutions'
>;

const DEFAULT_LIST_LIMIT = 500;

export function deploymentRecords(statements: Statements, clock: Clock): DeploymentRecords {
  return {
    createDeployment: async (deployment) => createDeployment(statements, deployment),
    findDeployment: async (idOrName) => findDeployment(statements, idOrName),
    listDeployments: async (filter) => listDeployments(statements, filter),
    updateDeployment: async (id, change) => {
      const known = findById(statements, id);
      if (!known) throw deploymentNotFound(id);
      const changed = { ...known, ...change, updatedAt: clock.now() };
      statements.run(
        'UPDATE deployments SET status = ?, document = ? WHERE id = ?',
        changed.status,
        JSON.stringify(changed),
        id,
      );
      return changed;
    },
    createExecution: async (execution) => {
      statements.run(
        'INSERT OR IGNORE INTO executions (id, deployment_id, status, started_at, document) VALUES (?, ?, ?, ?, ?)',
        execution.id,
        execution.deploymentId,
        execution.status,
        execution.startedAt,
        JSON.stringify(execution),
      );
    },
    findExecution: async (id) => findExecution(statements, id),
    updateExecution: async (id, change) => {
      const known = findExecution(statements, id);
      if (!known) throw executionNotFound(id);
      const changed = changedExecution(known, change);
      statements.run(
        'UPDATE executions SET status = ?, document = ? WHERE id = ?',
        changed.status,
        JSON.stringify(changed),
        id,
      );
    },
    listExecutions: async ({ deploymentId, status }) =>
      statements.documents(
        executionRecord,
        'SELECT document FROM executions WHERE (?1 IS NULL OR deployment_id = ?1) AND (?2 IS NULL OR status = ?2) ORDER BY started_at DESC, rowid DESC',
        deploymentId ?? null,
        status ?? null,
      ),
  };
}

function createDeployment(statements: Statements, deployment: Deployment): void {
  statements.transaction(() => {
    const holder = findByName(statements, deployment.name);
    if (holder?.id === deployment.id) return;
    if (holder && holder.status !== 'DESTROYED') {
      throw new HiveMindError('NameTaken', `the name "${deployment.name}" belongs to ${holder.id}`, {
        hint: `choose another name with --name, or remove the other one: hivemind destroy ${deployment.name} --confirm ${deployment.name}`,
      });
    }
    statements.run(
      'INSERT INTO deployments (id, name, status, created_at, document) VALUES (?, ?, ?, ?, ?)',
      deployment.id,
      deployment.name,
      deployment.status,
      deployment.createdAt,
      JSON.stringify(deployment),
    );
  });
}

const findById = (statements: Statements, id: string): Deployment | undefined =>
  statements.document(deploymentRecord, 'SELECT document FROM deployments WHERE id = ?', id);

const findByName = (statements: Statements, name: string): Deployment | undefined =>
  statements.document(
    deploymentRecord,
    "SELECT document FROM deployments WHERE name = ? ORDER BY status = 'DESTROYED', created_at DESC LIMIT 1",
    name,
  );

const findDeployment = (statements: Statements, idOrName: string): Deployment | undefined =>
  findById(statements, idOrName) ?? findByName(statements, idOrName);

const listDeployments = (statements: Statements, filter: ListFilter): Deployment[] =>
  statements.documents(
    deploymentRecord,
    "SELECT document FROM deployments WHERE ? OR status <> 'DESTROYED' ORDER BY created_at DESC, rowid DESC LIMIT ?",
    filter.includeDestroyed ? 1 : 0,
    filter.limit ?? DEFAULT_LIST_LIMIT,
  );

const findExecution = (statements: Statements, id: string): Execution | undefined =>
  statements.document(executionRecord, 'SELECT document FROM executions WHERE id = ?', id);
