import { type Color, otherColor } from '../../src/domain/deployment.ts';
import { isRolling, type ReleaseExecution } from '../../src/domain/execution.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import { type StackFacts, type StackParameters, stackOf } from '../../src/stages/compute-parameters.ts';
import type { InfrastructureFacts } from '../../src/stages/infrastructure-parameters.ts';
import { healthCheckPathsInUse } from '../../src/stages/release-plan.ts';
import type { StagePorts } from '../../src/stages/stage-context.ts';
import { stackFacts } from '../../src/stages/wanted-release.ts';

interface FactPorts extends Pick<StagePorts, 'store'> {
  readonly stacks: Pick<StackEngine, 'describe'>;
}

/** @param isLive whether the release of the execution has the traffic already */
export async function infrastructureFacts(
  ports: FactPorts,
  execution: ReleaseExecution,
  plan: Plan,
  { isLive }: { readonly isLive: boolean } = { isLive: false },
): Promise<InfrastructureFacts> {
  const facts = await stackFacts(ports, execution, plan);
  const standing = await ports.stacks.describe(stackOf('load-balancer', facts).name);
  const color = isLive ? facts.liveColor : colorToCome(facts, execution);
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  const inUse = deployment ? await healthCheckPathsInUse(ports.store, deployment) : {};
  return { ...facts, healthCheckPaths: healthCheckPaths(plan, standing?.parameters ?? {}, color, inUse) };
}

/** Undefined while instances are replaced in place: those of both releases are checked at the path that is known. */
function colorToCome({ liveColor }: StackFacts, execution: ReleaseExecution): Color | undefined {
  if (liveColor === undefined) return 'blue';
  return isRolling(execution) ? undefined : otherColor(liveColor);
}

/**
 * A path belongs to its release: what serves in the other colour may not know the new one. What an attempt that failed has left is
 * put right by the way.
 */
export function healthCheckPaths(
  { healthCheckPath }: Plan,
  standing: StackParameters,
  color: Color | undefined,
  inUse: Readonly<Partial<Record<Color, string>>> = {},
): Readonly<Record<Color, string>> {
  const own = healthCheckPath.value;
  const kept = (one: Color) => inUse[one] ?? standing[`${one}HealthCheckPath`] ?? own;
  return { blue: color === 'blue' ? own : kept('blue'), green: color === 'green' ? own : kept('green') };
}
