import type { Color, Deployment } from '../domain/deployment.ts';
import { type Drift, driftBetween, type RecordedState, type SeenState } from '../domain/drift.ts';
import { HiveMindError } from '../domain/errors.ts';
import { type BlueprintName, type Stack, stackName } from '../domain/stack.ts';
import type { StageRun } from '../domain/stage.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { InstanceCommands } from '../ports/instance-commands.ts';
import type { StackEngine } from '../ports/stack-engine.ts';
import type { TrafficRouter } from '../ports/traffic-router.ts';
import { liveExecutions } from '../stages/live-executions.ts';
import { releasedOutput, stackOutput } from '../stages/outputs.ts';
import { requireLive } from './require-deployment.ts';
import { wantedParameters } from './wanted-parameters.ts';

export interface DriftPorts {
  readonly store: DeploymentStore;
  readonly stacks: Pick<StackEngine, 'describe'>;
  readonly router: Pick<TrafficRouter, 'weights' | 'health'>;
  readonly instances: Pick<InstanceCommands, 'list'>;
}

/**
 * What is not as the records say. While a workflow changes the deployment, its own changes are among it.
 * @throws {HiveMindError} DeploymentNotFound, NotLive
 */
export async function observeDrift(ports: DriftPorts, idOrName: string): Promise<readonly Drift[]> {
  const deployment = await requireLive(ports.store, idOrName);
  const recorded = await recordedState(ports, deployment);
  return driftBetween(recorded, await seenState(ports, deployment, recorded));
}

/** Every workflow that makes a release live leaves results of all its stages: the newest ones tell. */
const LOOKED_BACK = 10;

/** Stages whose newest result names a stack that outlives releases. */
const STANDING = ['network', 'load-balancer', 'database', 'monitoring'] as const;

async function recordedState({ store }: DriftPorts, deployment: Deployment): Promise<RecordedState> {
  const { id, target, liveColor = 'blue', liveRelease = 0, url } = deployment;
  const executions = await liveExecutions(store, id);
  const runs = (
    await Promise.all(executions.slice(0, LOOKED_BACK).map((each) => store.listStageRuns(each.id)))
  )
    .flat()
    .filter(({ status }) => status === 'SUCCEEDED');
  const exposed = url !== undefined;
  const parametersOf = await wantedParameters(store, deployment, executions[0]);
  const standing = STANDING.flatMap((blueprint) => {
    const name = exposed || blueprint !== 'load-balancer' ? stackIn(runs, blueprint) : undefined;
    return name === undefined ? [] : [{ name, blueprint, parameters: parametersOf(blueprint) }];
  });
  return {
    target,
    liveColor,
    liveRelease,
    exposed,
    stacks: [
      ...standing,
      { name: stackName(id, 'compute', liveColor), blueprint: 'compute', parameters: {} },
    ],
    instances: instancesIn(runs, liveRelease, liveColor),
  };
}

/** Executions come newest first, and so do their runs. */
function stackIn(runs: readonly StageRun[], stage: BlueprintName): string | undefined {
  const outputs = runs
    .filter((run) => run.stage === stage)
    .map(({ output }) => stackOutput.safeParse(output));
  return outputs.find(({ success }) => success)?.data?.stack;
}

function instancesIn(runs: readonly StageRun[], release: number, color: Color): number {
  const outputs = runs
    .filter(({ stage }) => stage === 'release')
    .map(({ output }) => releasedOutput.safeParse(output).data);
  const live = outputs.find((output) => output?.release === release && output.color === color);
  return live?.instances.length ?? 0;
}

async function seenState(
  ports: DriftPorts,
  { id }: Deployment,
  { stacks: recorded, liveColor, exposed }: RecordedState,
): Promise<SeenState> {
  const found = await Promise.all(recorded.map(({ name }) => ports.stacks.describe(name)));
  const stacks = found.filter((stack) => stack !== undefined);
  const compute = stackName(id, 'compute', liveColor);
  const balancer = exposed ? stacks.find(({ blueprint }) => blueprint === 'load-balancer') : undefined;
  return {
    stacks,
    instances: stacks.some(({ name }) => name === compute) ? await ports.instances.list(compute) : [],
    ...(await trafficOf(ports, balancer, liveColor)),
  };
}

async function trafficOf(
  { router }: DriftPorts,
  balancer: Stack | undefined,
  color: Color,
): Promise<Pick<SeenState, 'weights' | 'targets'>> {
  if (!balancer) return { weights: null, targets: [] };
  try {
    const [weights, targets] = await Promise.all([
      router.weights(balancer.name),
      router.health(balancer.name, color),
    ]);
    return { weights, targets };
  } catch (error) {
    if (error instanceof HiveMindError && GONE.includes(error.code)) return { weights: null, targets: [] };
    throw error;
  }
}

/** A listener that is gone, or that leads to something else than the two colours. */
const GONE = ['TargetGroupNotFound', 'AwsRefused'];
