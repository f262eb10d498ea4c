import type { Deployment, DeploymentStatus, WarmRelease } from '../../src/domain/deployment.ts';
import { isSwap, type ReleaseExecution } from '../../src/domain/execution.ts';
import { timeAfter } from '../../src/domain/time.ts';
import { doneOutput, type Released, releasedOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import { type AgentCall, requireOutput, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { setStatus } from '../../src/stages/status.ts';
import type { DeployerPorts } from './ports.ts';
import { type Retired, retirePrevious } from './retire-previous.ts';

/** Makes the new release the deployment's own; the previous colour is kept warm for a while, or drained and removed. */
export async function completeRelease(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { deploymentId } = execution;
  const released = await requireOutput(ports.store, execution.id, 'release', releasedOutput);
  const result = await runStage(ports, execution, call, {
    stage: 'complete',
    inputs: async () => ({ ...released }),
    output: doneOutput,
    stillTrue: async () => {
      const deployment = await ports.store.findDeployment(deploymentId);
      return deployment?.status === statusAfter(execution) && isLive(deployment, released);
    },
    run: async () => {
      // First the record, then the removal: whoever goes on after a crash must know which colour is live.
      const warm = await recordLive(ports, execution, released);
      // No signal: from here on there is no way back, and a cancel finds the new release live.
      const patience = { patienceSeconds: call.patienceSeconds };
      // After a swap the old side is not touched before the template is true: that is a task of its own.
      const retired = isSwap(execution) ? 'kept' : await retirePrevious(ports, execution, released, patience);
      if (retired === 'in progress') return { finished: false };
      await setStatus(
        ports,
        execution,
        'deployer',
        statusAfter(execution),
        `release ${released.release} is live`,
      );
      return { finished: true, output: {}, summary: summaryOf(released, retired, warm) };
    },
  });
  return { finished: result.finished };
}

const statusAfter = ({ workflow }: ReleaseExecution): DeploymentStatus =>
  workflow === 'rollback' ? 'ROLLED_BACK' : 'ACTIVE';

function summaryOf({ release }: Released, retired: Retired | 'kept', warm: WarmRelease | undefined): string {
  const live = `release ${release} is live`;
  if (warm) return `${live}; release ${warm.release} stays warm until ${warm.until}`;
  return retired === 'removed' ? `${live}; the previous one is drained and removed` : live;
}

const isLive = (
  deployment: { readonly liveRelease?: number | undefined; readonly liveColor?: string | undefined },
  released: Released,
): boolean => deployment.liveRelease === released.release && deployment.liveColor === released.color;

/** Returns the release that is kept warm, if one is. */
async function recordLive(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  released: Released,
): Promise<WarmRelease | undefined> {
  const { color, release, url } = released;
  const before = await ports.store.findDeployment(execution.deploymentId);
  const isRepeated = before !== undefined && isLive(before, released);
  const warm = isRepeated ? before.warm : warmRelease(ports, execution, released, before);
  await ports.store.updateDeployment(execution.deploymentId, {
    liveColor: color,
    liveRelease: release,
    liveExecution: execution.id,
    previousRelease: isRepeated ? before.previousRelease : before?.liveRelease,
    warm,
    stage: execution.settings.stage,
    url: url ?? undefined,
    failure: undefined,
  });
  return warm;
}

/** A worker has no traffic that could go back to it, and would do its work twice. */
function warmRelease(
  { clock }: DeployerPorts,
  execution: ReleaseExecution,
  { url }: Released,
  before: Deployment | undefined,
): WarmRelease | undefined {
  if (!isSwap(execution) || !before?.liveColor || before.liveRelease === undefined) return undefined;
  const { keepWarmSeconds, rolling } = execution.settings.swap;
  const isWeb = before.url !== undefined && url !== null;
  if (keepWarmSeconds === 0 || rolling || !isWeb) return undefined;
  const until = timeAfter(clock.now(), keepWarmSeconds);
  return { color: before.liveColor, release: before.liveRelease, until };
}
