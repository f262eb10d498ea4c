import type { Deployment } from '../domain/deployment.ts';
import { isRelease, wentLive } from '../domain/execution.ts';
import type { StageRun } from '../domain/stage.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { releaseOf } from './migrations-between.ts';

/**
 * Numbers of the releases that were live at some time. An execution made its release live when it ended well, or when it had come that
 * far before something after it failed; one that failed earlier leaves a release on record that nobody ever used.
 */
export async function releasesThatLived(
  store: DeploymentStore,
  { id, liveRelease, previousRelease, warm, liveExecution }: Deployment,
): Promise<ReadonlySet<number>> {
  const known = [liveRelease, previousRelease, warm?.release].filter((number) => number !== undefined);
  const executions = (await store.listExecutions({ deploymentId: id })).filter(isRelease);
  const made = await Promise.all(
    executions.map(async (execution) => {
      const runs = await store.listStageRuns(execution.id);
      const cameAlive = wentLive(execution) || execution.id === liveExecution || isCompleted(runs);
      return cameAlive ? releaseOf(runs) : [];
    }),
  );
  return new Set([...known, ...made.flat()]);
}

const isCompleted = (runs: readonly StageRun[]): boolean =>
  runs.some(({ stage, status }) => stage === 'complete' && status === 'SUCCEEDED');
