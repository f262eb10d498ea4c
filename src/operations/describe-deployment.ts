import type { DeploymentView } from '../contracts/deployment.ts';
import type { Deployment } from '../domain/deployment.ts';
import { concernsDeployment, type Execution } from '../domain/execution.ts';
import { STAGES, type StageRun, WORKFLOW_STAGES } from '../domain/stage.ts';
import { secondsBetween } from '../domain/time.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { fixesOfNewest, fixView } from './list-fixes.ts';

/** A deployment with its release, the stages of its newest execution and its newest verification. */
export async function describeDeployment(
  store: DeploymentStore,
  deployment: Deployment,
): Promise<DeploymentView> {
  const executions = await store.listExecutions({ deploymentId: deployment.id });
  const newest = executions.find(concernsDeployment);
  const [releases, runs, verification, fixes] = await Promise.all([
    store.listReleases(deployment.id),
    newest ? store.listStageRuns(newest.id) : [],
    store.findVerification(deployment.id),
    fixesOfNewest(store, executions),
  ]);
  const release = releases.find(({ number }) => number === deployment.liveRelease);
  return {
    id: deployment.id,
    name: deployment.name,
    status: deployment.status,
    stage: deployment.stage,
    target: deployment.target,
    url: deployment.url ?? null,
    release: release ? { number: release.number, commit: release.commit, artifact: release.artifact } : null,
    previousRelease: deployment.previousRelease ?? null,
    warm: deployment.warm ? { release: deployment.warm.release, until: deployment.warm.until } : null,
    stages: newest ? stageViews(newest, runs) : [],
    verification: verification.map((check) => ({ ...check })),
    ...(deployment.failure && {
      failure: { ...deployment.failure, logTail: [...deployment.failure.logTail] },
    }),
    fixes: fixes.map(fixView),
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
  };
}

/** Newest first. */
export async function listDeployments(
  store: DeploymentStore,
  filter: { readonly includeDestroyed: boolean },
): Promise<DeploymentView[]> {
  const deployments = await store.listDeployments(filter);
  return Promise.all(deployments.map((deployment) => describeDeployment(store, deployment)));
}

/** Every stage of the workflow in its order; one that never ran waits while the execution runs and was skipped after it. */
function stageViews(execution: Execution, runs: readonly StageRun[]): DeploymentView['stages'] {
  return WORKFLOW_STAGES[execution.workflow].map((name) => {
    const run = runs.find(({ stage }) => stage === name);
    return {
      name,
      agent: STAGES[name].agent,
      status: run?.status ?? (execution.status === 'RUNNING' ? 'PENDING' : 'SKIPPED'),
      seconds: run?.endedAt ? secondsBetween(run.startedAt, run.endedAt) : null,
      reused: run?.reused ?? false,
      summary: run?.summary ?? null,
    };
  });
}
