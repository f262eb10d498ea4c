import type { Color } from '../domain/deployment.ts';
import { digestOf } from '../domain/digest.ts';
import { HiveMindError } from '../domain/errors.ts';
import type { ReleaseExecution } from '../domain/execution.ts';
import type { Plan } from '../domain/plan.ts';
import type { Release } from '../domain/release.ts';
import {
  computeParameters,
  type ReleaseFacts,
  type StackFacts,
  type StackParameters,
} from './compute-parameters.ts';
import { analysedOutput, builtOutput, stackOutput } from './outputs.ts';
import { findOutput, requireOutput, type StagePorts } from './stage-context.ts';

/** Everything that the parameters of the stacks are computed from. */
export async function stackFacts(
  { store }: Pick<StagePorts, 'store'>,
  { deploymentId, settings }: ReleaseExecution,
  plan: Plan,
): Promise<StackFacts> {
  const deployment = await store.findDeployment(deploymentId);
  return { deploymentId, plan, settings, liveColor: deployment?.liveColor };
}

/** What an execution is to make live. */
export interface WantedRelease {
  readonly facts: StackFacts;
  readonly release: Release;
  /** Of the compute stack that runs it in a colour. */
  readonly parametersIn: (color: Color) => StackParameters;
}

/** The same commit, artifact and configuration keep their number. @throws {HiveMindError} InternalError: it is not built yet */
export async function wantedRelease(
  ports: Pick<StagePorts, 'store' | 'clock'>,
  execution: ReleaseExecution,
): Promise<WantedRelease> {
  const { store, clock } = ports;
  const { plan, source } = await requireOutput(store, execution.id, 'analyse', analysedOutput);
  const { artifact } = await requireOutput(store, execution.id, 'build', builtOutput);
  const database = await findOutput(store, execution.id, 'database', stackOutput);
  const facts = await stackFacts(ports, execution, plan);
  const { commit } = source;
  const wanted: Omit<ReleaseFacts, 'color' | 'release'> = {
    commit,
    artifact,
    // A release of before there was a database knows none.
    databaseSecret: plan.database.value === null ? null : (database?.outputs['secret'] ?? null),
  };
  const release = await store.ensureRelease({
    deploymentId: execution.deploymentId,
    commit,
    artifact,
    // Another health check path is another release: it has to prove itself there before it has traffic.
    configuration: digestOf({
      ...computeParameters(facts, { ...wanted, color: 'blue', release: 0 }),
      healthCheckPath: plan.healthCheckPath.value,
    }),
    createdAt: clock.now(),
    executionId: execution.id,
  });
  return {
    facts,
    release,
    parametersIn: (color) => computeParameters(facts, { ...wanted, color, release: release.number }),
  };
}

/** @throws {HiveMindError} NotLive */
export function requireLiveColor({ liveColor, deploymentId }: StackFacts): Color {
  if (liveColor !== undefined) return liveColor;
  throw new HiveMindError(
    'NotLive',
    `"${deploymentId}" has no live release whose instances could be replaced`,
    {
      hint: 'deploy it first: hivemind deploy SOURCE',
    },
  );
}
