import type { Deployment } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { DestroyExecution } from '../../src/domain/execution.ts';
import { sameSource } from '../../src/domain/source.ts';
import { doneOutput, type RemovalPlan, removalPlanOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import { setStatus } from '../../src/stages/status.ts';
import type { JanitorPorts } from './ports.ts';
import { recordRemoval } from './removal.ts';

/** Writes down what there is before anything is touched. */
export async function planRemoval(
  ports: JanitorPorts,
  execution: DestroyExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const result = await runStage<RemovalPlan>(ports, execution, call, {
    stage: 'plan-removal',
    inputs: async () => ({ executionId: execution.id }),
    output: removalPlanOutput,
    stillTrue: async () => true,
    run: async () => {
      const resources = (await ports.inventory.find(execution.deploymentId)).map((resource) => ({
        ...resource,
      }));
      return { finished: true, output: { resources }, summary: `${resources.length} resources` };
    },
  });
  return { finished: result.finished };
}

/**
 * Removes what belongs to no stack (secrets, artifacts, logs) and then looks at the world for anything left.
 * @throws {HiveMindError} ResourcesLeft
 */
export async function proveRemoval(
  ports: JanitorPorts,
  execution: DestroyExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { deploymentId } = execution;
  const result = await runStage(ports, execution, call, {
    stage: 'prove-removal',
    inputs: async () => ({ executionId: execution.id }),
    output: doneOutput,
    stillTrue: async () => false,
    run: async () => {
      const deployment = await ports.store.findDeployment(deploymentId);
      if (deployment) await removeBelongings(ports, execution, deployment);
      const left = await ports.inventory.find(deploymentId);
      if (left.length > 0) throw somethingLeft(left);
      await ports.store.forgetResults(deploymentId);
      await ports.store.updateDeployment(deploymentId, {
        liveColor: undefined,
        liveRelease: undefined,
        url: undefined,
        failure: undefined,
      });
      await setStatus(ports, execution, 'janitor', 'DESTROYED', 'nothing is left of it');
      return { finished: true, output: {}, summary: 'nothing is left' };
    },
  });
  return { finished: result.finished };
}

async function removeBelongings(ports: JanitorPorts, execution: DestroyExecution, deployment: Deployment) {
  for (const name of await ports.secrets.list(deployment.id)) {
    await recordRemoval(ports, execution, 'secret', name, 'removed');
  }
  await ports.secrets.removeAll(deployment.id);
  for (const artifact of await unusedArtifacts(ports, deployment.id)) {
    await ports.artifacts.remove(artifact);
    await recordRemoval(ports, execution, 'artifact', artifact, 'removed');
  }
  if (!(await isSourceShared(ports, deployment))) await ports.sources.forget(deployment.source);
  await ports.telemetry.forget(deployment.id);
}

/** Two deployments of one source share its stored copy. */
async function isSourceShared(ports: JanitorPorts, { id, source }: Deployment): Promise<boolean> {
  const others = (await ports.store.listDeployments({})).filter((other) => other.id !== id);
  return others.some((other) => sameSource(other.source, source));
}

/** Artifacts that no other deployment has released: equal contents are one artifact. */
async function unusedArtifacts(ports: JanitorPorts, deploymentId: string): Promise<readonly string[]> {
  const others = (await ports.store.listDeployments({})).filter(({ id }) => id !== deploymentId);
  const releases = await Promise.all(others.map(({ id }) => ports.store.listReleases(id)));
  const used = new Set(releases.flat().map(({ artifact }) => artifact));
  const own = (await ports.store.listReleases(deploymentId)).map(({ artifact }) => artifact);
  return [...new Set(own)].filter((artifact) => !used.has(artifact));
}

const somethingLeft = (left: readonly { readonly type: string; readonly id: string }[]): HiveMindError =>
  new HiveMindError(
    'ResourcesLeft',
    `still there after the removal: ${left.map(({ type, id }) => `${type} ${id}`).join(', ')}`,
    {
      hint: 'run the destroy again: it continues with what is left',
    },
  );
