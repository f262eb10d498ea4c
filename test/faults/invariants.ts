import { type Color, type Deployment, otherColor } from '../../src/domain/deployment.ts';
import type { HistoryEvent } from '../../src/domain/events.ts';
import type { Execution } from '../../src/domain/execution.ts';
import { isStackReady, type Stack } from '../../src/domain/stack.ts';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';
import { isHealthy, type World } from '../fixtures/world/world.ts';

/** What is there and what is on record, at one moment. */
export interface Moment {
  readonly world: World;
  readonly store: DeploymentStore;
  readonly deployment: Deployment;
  readonly stacks: readonly Stack[];
}

/**
 * Of the record and the history of an execution that has ended: holds whatever went wrong.
 * @param numbered whose events are numbered without a gap: those of all deployments together, unless it names one
 */
export async function recordProblems(
  store: DeploymentStore,
  execution: Execution,
  numbered: { readonly deploymentId?: string } = {},
): Promise<string[]> {
  const runs = await store.listStageRuns(execution.id);
  const events = await store.listEvents({ executionId: execution.id });
  const finished = events.filter(({ type }) => type === 'execution.finished');
  const lock = await store.findLock(execution.deploymentId);
  return [
    ...(execution.endedAt === null ? ['the execution has no end'] : []),
    ...(execution.status === 'FAILED' && !execution.failure ? ['it does not say why it failed'] : []),
    ...(finished.length === 1 ? [] : [`${finished.length} events say that it finished`]),
    ...(lock ? [`${lock.owner} holds the lock still`] : []),
    ...runs
      .filter(({ status, endedAt }) => status === 'RUNNING' || endedAt === null)
      .map(({ stage, status }) => `the stage ${stage} is ${status} without an end`),
    ...openStages(events).map((stage) => `the history tells no end of the stage ${stage}`),
    ...(await historyProblems(store, numbered)),
  ];
}

/** Stages that the history says were started last, and not that they ended. */
function openStages(events: readonly HistoryEvent[]): string[] {
  const open = new Set<string>();
  for (const { type, data } of events) {
    const stage = String(data['stage']);
    if (type === 'stage.started') open.add(stage);
    if (['stage.finished', 'stage.failed', 'stage.skipped'].includes(type)) open.delete(stage);
  }
  return [...open];
}

async function historyProblems(
  store: DeploymentStore,
  numbered: { readonly deploymentId?: string },
): Promise<string[]> {
  const events = await store.listEvents(numbered);
  const gap = events.findIndex(({ sequence }, index) => sequence !== index + 1);
  return gap === -1 ? [] : [`the history has a gap at event ${gap + 1}`];
}

const AT_REST = ['ACTIVE', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_FAILED', 'DESTROYED'];

/**
 * Of what serves and what is kept, beside what the record says.
 * @param isLeft what failed after a question may stay where nothing is live
 */
export function servingProblems(moment: Moment, { isLeft = false } = {}): string[] {
  const { deployment, stacks } = moment;
  const changing = stacks.filter((stack) => !isStackReady(stack));
  const { liveColor, warm } = deployment;
  return [
    ...(AT_REST.includes(deployment.status) ? [] : [`the deployment stays ${deployment.status}`]),
    ...changing.map(({ name, status }) => `the stack ${name} is ${status}`),
    ...(liveColor === undefined ? [] : liveProblems(moment, liveColor)),
    ...(liveColor !== undefined && warm?.color === liveColor ? ['the live colour is on record as warm'] : []),
    ...(isLeft ? [] : orphans(moment)),
  ];
}

function liveProblems(moment: Moment, color: Color): string[] {
  const { world, deployment } = moment;
  const balancer = world.balancers.get(`${deployment.id}-load-balancer`);
  if (!balancer) return ['there is no load balancer'];
  return [
    ...(balancer.weights[color] === 100 ? [] : [`${color} is live and has ${balancer.weights[color]} %`]),
    ...colorProblems(moment, color, deployment.liveRelease),
    ...(deployment.warm ? colorProblems(moment, deployment.warm.color, deployment.warm.release) : []),
  ];
}

/** Of a colour that runs a release. */
function colorProblems({ world, deployment, stacks }: Moment, color: Color, release: number | undefined) {
  const stack = stacks.find(({ name }) => name === `${deployment.id}-compute-${color}`);
  if (!stack) return [`there is no stack of ${color}`];
  const web = [...world.instances.values()].filter(
    ({ stack: name, exposed }) => name === stack.name && exposed,
  );
  const targets = world.balancers.get(`${deployment.id}-load-balancer`)?.targets[color] ?? new Set();
  return [
    ...(web.length === 0 ? [`${color} has no instance`] : []),
    ...[...world.instances.values()]
      .filter((instance) => instance.stack === stack.name && instance.release !== release)
      .map((instance) => `${instance.id} has release ${instance.release}, on record is ${release}`),
    ...web.filter(({ id }) => !targets.has(id)).map(({ id }) => `${id} is not registered`),
    ...[...targets]
      .filter((id) => !isHealthy(world, id))
      .map((id) => `target ${id} of ${color} is not healthy`),
  ];
}

/** What is there and belongs to no colour on record. */
function orphans({ world, deployment, stacks }: Moment): string[] {
  const { id, liveColor, warm } = deployment;
  const kept = [liveColor, warm?.color].flatMap((color) => (color ? [`${id}-compute-${color}`] : []));
  const extra = stacks.filter(({ blueprint, name }) => blueprint === 'compute' && !kept.includes(name));
  const balancer = world.balancers.get(`${id}-load-balancer`);
  const idle = liveColor && otherColor(liveColor) !== warm?.color ? otherColor(liveColor) : undefined;
  const registered = idle && balancer ? [...balancer.targets[idle]] : [];
  const homeless = [...world.instances.values()].filter(
    ({ stack }) => !stacks.some(({ name }) => name === stack),
  );
  return [
    ...extra.map(({ name }) => `the stack ${name} belongs to nothing that is live or warm`),
    ...homeless.map((instance) => `the instance ${instance.id} belongs to no stack`),
    ...registered.map((target) => `target ${target} is registered in ${idle}, which runs nothing`),
  ];
}

/** A change that failed leaves the processes of the release that stays live alone. */
export function untouchedProblems(before: Moment, now: Moment): string[] {
  const { id, liveColor, liveRelease } = before.deployment;
  if (liveColor === undefined || now.deployment.liveColor !== liveColor) return [];
  if (now.deployment.liveRelease !== liveRelease) return [];
  const stack = `${id}-compute-${liveColor}`;
  const lost = [...before.world.instances.values()].filter(
    (instance) => instance.stack === stack && !now.world.instances.has(instance.id),
  );
  return lost.map((instance) => `${instance.id} was live and is gone`);
}

/** Everything that is left in the world, besides artifacts that no release names: equal contents may be anybody's. */
export async function remains({ world, store, deployment, stacks }: Moment): Promise<string[]> {
  const released = (await store.listReleases(deployment.id)).map(({ artifact }) => artifact);
  return [
    ...stacks.map(({ name }) => `stack ${name}`),
    ...[...world.instances.keys()].map((id) => `instance ${id}`),
    ...[...world.balancers.keys()].map((id) => `load balancer ${id}`),
    ...[...world.databases].map((id) => `database ${id}`),
    ...[...world.secrets.keys()].map((id) => `secret ${id}`),
    ...(deployment.status === 'DESTROYED' ? released : [])
      .filter((id) => world.artifacts.has(id))
      .map((id) => `artifact ${id}`),
  ];
}
