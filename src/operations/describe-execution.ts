import type * as z from 'zod';
import type { ExecutionView, PreviewView, removedDocument } from '../contracts/api.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { Execution } from '../domain/execution.ts';
import type { DatabaseSnapshots } from '../ports/database-snapshots.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { analysedOutput, assessedOutput, previewedOutput } from '../stages/outputs.ts';
import { findExecution, requireOutput } from '../stages/stage-context.ts';

/** @throws {HiveMindError} ExecutionNotFound */
export async function describeExecution(store: DeploymentStore, id: string): Promise<ExecutionView> {
  const { deploymentId, workflow, status, startedAt, endedAt, actor, failure } = await findExecution(
    store,
    id,
  );
  return {
    id,
    deploymentId,
    workflow,
    status,
    startedAt,
    endedAt,
    actor,
    ...(failure && { failure: { ...failure, logTail: [...failure.logTail] } }),
  };
}

/** What a finished what-if found. @throws {HiveMindError} ExecutionNotFound, InvalidInput */
export async function describePreview(store: DeploymentStore, id: string): Promise<PreviewView> {
  const execution = await requireEnded(store, id);
  const { plan, source, confidence } = await requireOutput(store, id, 'analyse', analysedOutput);
  const { stacks, costs } = await requireOutput(store, id, 'preview', previewedOutput);
  const { findings } = await requireOutput(store, id, 'assess', assessedOutput);
  const name = execution.deploymentName;
  return {
    name,
    commit: source.commit,
    plan,
    confidence,
    stacks,
    findings,
    costs,
    warnings: source.warnings,
  };
}

/** What a destroy removed and what it kept. @throws {HiveMindError} ExecutionNotFound, InvalidInput */
export async function describeRemoval(
  {
    store,
    snapshots,
  }: { readonly store: DeploymentStore; readonly snapshots: Pick<DatabaseSnapshots, 'list'> },
  id: string,
): Promise<z.output<typeof removedDocument>> {
  const { deploymentId } = await requireEnded(store, id);
  const events = await store.listEvents({ executionId: id });
  const kept = await snapshots.list(deploymentId);
  return {
    removed: events
      .filter(({ type }) => type === 'resource.removed')
      .map(({ data }) => ({
        type: String(data['type']),
        id: String(data['id']),
        result: String(data['result']),
      })),
    kept: kept.map(({ location }) => ({ type: 'snapshot', id: location })),
  };
}

async function requireEnded(store: DeploymentStore, id: string): Promise<Execution> {
  const execution = await findExecution(store, id);
  if (execution.status !== 'RUNNING') return execution;
  throw new HiveMindError('InvalidInput', `the execution "${id}" still runs`, {
    hint: 'ask again when it has ended',
  });
}
