import type { Clock } from '../../ports/clock.ts';
import type { DeploymentStore } from '../../ports/deployment-store.ts';
import * as deployments from './deployment-store/deployments.ts';
import * as documents from './deployment-store/documents.ts';
import * as events from './deployment-store/events.ts';
import * as executions from './deployment-store/executions.ts';
import * as fixes from './deployment-store/fixes.ts';
import * as freeze from './deployment-store/freeze.ts';
import { itemTable, type StoreTable, type TableOptions } from './deployment-store/items.ts';
import * as lock from './deployment-store/lock.ts';
import * as releases from './deployment-store/releases.ts';
import * as stages from './deployment-store/stages.ts';

export interface AwsDeploymentStoreOptions extends TableOptions {
  readonly clock: Clock;
}

/** The table for the functions of `deployment-store/`. */
export const storeTable = (options: AwsDeploymentStoreOptions): StoreTable => ({
  ...itemTable(options),
  clock: options.clock,
});

/** The store in one DynamoDB table; `deployment-store/table.ts` says what lies where. */
export function awsDeploymentStore(options: AwsDeploymentStoreOptions): DeploymentStore {
  const table = storeTable(options);
  return {
    createDeployment: (deployment) => deployments.createDeployment(table, deployment),
    findDeployment: (idOrName) => deployments.findDeployment(table, idOrName),
    listDeployments: (filter) => deployments.listDeployments(table, filter),
    updateDeployment: (id, change) => deployments.updateDeployment(table, id, change),
    createExecution: (execution) => executions.createExecution(table, execution),
    findExecution: (id) => executions.findExecution(table, id),
    updateExecution: (id, change) => executions.updateExecution(table, id, change),
    listExecutions: (filter) => executions.listExecutions(table, filter),
    putStageRun: (run) => stages.putStageRun(table, run),
    listStageRuns: (executionId) => stages.listStageRuns(table, executionId),
    putFix: (fix) => fixes.putFix(table, fix),
    listFixes: (executionId) => fixes.listFixes(table, executionId),
    changeFix: (...change) => fixes.changeFix(table, ...change),
    recordResult: (...result) => stages.recordResult(table, ...result),
    findResult: (...wanted) => stages.findResult(table, ...wanted),
    forgetResults: (deploymentId, names) => stages.forgetResults(table, deploymentId, names),
    ensureRelease: (release) => releases.ensureRelease(table, release),
    listReleases: (deploymentId) => releases.listReleases(table, deploymentId),
    putVerification: (deploymentId, _executionId, checks) =>
      documents.putVerification(table, deploymentId, checks),
    findVerification: (deploymentId) => documents.findVerification(table, deploymentId),
    putFindings: (deploymentId, _executionId, findings) =>
      documents.putFindings(table, deploymentId, findings),
    findFindings: (deploymentId) => documents.findFindings(table, deploymentId),
    putReport: (deploymentId, markdown) => documents.putReport(table, deploymentId, markdown),
    findReport: (deploymentId) => documents.findReport(table, deploymentId),
    appendEvent: (event) => events.appendEvent(table, event),
    listEvents: (filter) => events.listEvents(table, filter),
    acquireLock: (...request) => lock.acquireLock(table, ...request),
    releaseLock: (deploymentId, owner) => lock.releaseLock(table, deploymentId, owner),
    findLock: (deploymentId) => lock.findLock(table, deploymentId),
    putFreeze: (order) => freeze.putFreeze(table, order),
    findFreeze: () => freeze.findFreeze(table),
  };
}
