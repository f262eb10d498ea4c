import { COLORS, type Color, type Deployment } from '../../src/domain/deployment.ts';
import { isStackReady, type Stack, stackName } from '../../src/domain/stack.ts';
import type { Weights } from '../../src/domain/swap.ts';
import type { TargetHealth } from '../../src/ports/traffic-router.ts';
import type { SeededAccount } from './faults-seeded-account.ts';

/** What an account has of a deployment, beside what is on record, at one moment. */
export interface AwsMoment {
  readonly deployment: Deployment;
  readonly stacks: readonly Stack[];
  /** Undefined without a load balancer. */
  readonly traffic:
    | { readonly weights: Weights; readonly targets: Readonly<Record<Color, readonly TargetHealth[]>> }
    | undefined;
  /** Ids of the instances of each colour's group. */
  readonly instances: Readonly<Record<Color, readonly string[]>>;
  /** Which release is on each instance. */
  readonly releases: ReadonlyMap<string, number>;
}

export async function momentOf(
  { platform, operated }: SeededAccount,
  name: string,
): Promise<AwsMoment | undefined> {
  const deployment = await platform.store.findDeployment(name);
  if (!deployment) return undefined;
  const { id } = deployment;
  const stacks = await platform.stacks.list(id);
  const has = (stack: string) => stacks.some((known) => known.name === stack);
  const balancer = stackName(id, 'load-balancer');
  const instancesOf = async (color: Color) => {
    const stack = stackName(id, 'compute', color);
    return has(stack) ? (await platform.instances.list(stack)).map((instance) => instance.id) : [];
  };
  const targetsOf = (color: Color) => platform.router.health(balancer, color);
  const isRouted = stacks.some((stack) => stack.name === balancer && isStackReady(stack));
  return {
    deployment,
    stacks,
    traffic: isRouted
      ? {
          weights: await platform.router.weights(balancer),
          targets: { blue: await targetsOf('blue'), green: await targetsOf('green') },
        }
      : undefined,
    instances: { blue: await instancesOf('blue'), green: await instancesOf('green') },
    releases: operated.machines.releases,
  };
}

const AT_REST = ['ACTIVE', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_FAILED', 'DESTROYED'];

/** Exactly one colour is live, and has what the record says. */
export function liveProblems(moment: AwsMoment): string[] {
  const { deployment, traffic } = moment;
  const { liveColor, liveRelease, warm, status } = deployment;
  return [
    ...(AT_REST.includes(status) ? [] : [`the deployment stays ${status}`]),
    ...(liveColor === undefined ? [] : colorProblems(moment, liveColor, liveRelease)),
    ...(liveColor !== undefined && traffic?.weights[liveColor] !== 100
      ? [`${liveColor} is live, and the weights are ${JSON.stringify(traffic?.weights)}`]
      : []),
    ...(liveColor !== undefined && warm?.color === liveColor ? ['the live colour is on record as warm'] : []),
    ...(warm ? colorProblems(moment, warm.color, warm.release) : []),
  ];
}

/** Of a colour that runs a release. */
function colorProblems(
  { deployment, stacks, traffic, instances, releases }: AwsMoment,
  color: Color,
  release: number | undefined,
): string[] {
  const name = stackName(deployment.id, 'compute', color);
  const stack = stacks.find((known) => known.name === name);
  if (!stack) return [`there is no stack of ${color}`];
  const targets = traffic?.targets[color] ?? [];
  const template = stack.parameters['release'];
  return [
    ...(isStackReady(stack) ? [] : [`the stack ${name} is ${stack.status}`]),
    ...(template === String(release)
      ? []
      : [`new instances of ${color} would get ${template}, not ${release}`]),
    ...(instances[color].length === 0 ? [`${color} has no instance`] : []),
    ...instances[color]
      .filter((id) => releases.get(id) !== release)
      .map((id) => `${id} of ${color} has release ${releases.get(id)}, on record is ${release}`),
    ...instances[color]
      .filter((id) => !targets.some((target) => target.id === id))
      .map((id) => `${id} of ${color} is not registered`),
    ...targets
      .filter((target) => target.state !== 'healthy')
      .map((target) => `target ${target.id} of ${color} is ${target.state}`),
  ];
}

/** What is there and belongs to no colour on record. */
export function orphanProblems({ deployment, stacks, traffic }: AwsMoment): string[] {
  const { id, liveColor, warm } = deployment;
  const kept = COLORS.filter((color) => color === liveColor || color === warm?.color);
  const names = kept.map((color) => stackName(id, 'compute', color));
  const extra = stacks.filter(({ name, blueprint }) => blueprint === 'compute' && !names.includes(name));
  const idle = COLORS.filter((color) => !kept.includes(color));
  return [
    ...stacks
      .filter((stack) => !isStackReady(stack))
      .map(({ name, status }) => `the stack ${name} is ${status}`),
    ...extra.map(({ name }) => `the stack ${name} belongs to nothing that is live or warm`),
    ...idle
      .flatMap((color) => traffic?.targets[color] ?? [])
      .map((target) => `target ${target.id} is registered in a colour that runs nothing`),
  ];
}

/** A change that failed leaves the instances of the release that stays live alone. */
export function untouchedProblems(before: AwsMoment, now: AwsMoment): string[] {
  const { liveColor, liveRelease } = before.deployment;
  if (liveColor === undefined) return [];
  if (now.deployment.liveColor !== liveColor || now.deployment.liveRelease !== liveRelease) return [];
  return before.instances[liveColor]
    .filter((id) => !now.instances[liveColor].includes(id))
    .map((id) => `${id} was live and is gone`);
}
