import { beforeEach, describe, expect, test } from '@jest/globals';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import type { OwnedResource } from '../../../src/domain/orphan.ts';
import type { Stack } from '../../../src/domain/stack.ts';
import { allTrafficTo, type Weights } from '../../../src/domain/swap.ts';
import { compareReleases } from '../../../src/operations/compare-releases.ts';
import { findOrphans, type OrphanPorts, removeOrphans } from '../../../src/operations/find-orphans.ts';
import { listReleases } from '../../../src/operations/list-releases.ts';
import { observeDrift } from '../../../src/operations/observe-drift.ts';
import { type ReconcilePorts, reconcile } from '../../../src/operations/reconcile.ts';
import { wantedParameters } from '../../../src/operations/wanted-parameters.ts';
import type { DeploymentStore } from '../../../src/ports/deployment-store.ts';
import type { Instance } from '../../../src/ports/instance-commands.ts';
import { plan } from '../../fixtures/cli/documents.ts';
import { finishStage } from '../../fixtures/finished-stage.ts';
import { stillClock } from '../../fixtures/still-clock.ts';

const ID = 'shop-abc234';
const clock = stillClock();
let store: DeploymentStore;

beforeEach(async () => {
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  await store.createDeployment({
    id: ID,
    name: 'shop',
    target: 'local',
    stage: 'stage-1',
    source: { kind: 'folder', path: '/srv/shop', workingTree: false },
    status: 'ACTIVE',
    createdAt: clock.now(),
    updatedAt: clock.now(),
    liveColor: 'blue',
    liveRelease: 2,
    previousRelease: 1,
    url: 'http://127.0.0.1:8100',
  });
  await made(1, { migrated: false, secret: 'secret:1' });
  await made(2, { migrated: true, secret: 'secret:2' });
});

/** A release as a workflow that succeeded leaves it. */
async function made(number: number, facts: { migrated: boolean; secret: string }): Promise<void> {
  const executionId = `deploy-${number}`;
  const commit = `${number}`.repeat(40);
  const artifact = `sha256-${number}`;
  await store.createExecution({
    id: executionId,
    deploymentId: ID,
    deploymentName: 'shop',
    workflow: 'deploy',
    status: 'SUCCEEDED',
    settings: {
      target: 'local',
      source: { kind: 'folder', path: '/srv/shop', workingTree: false },
      stage: 'stage-1',
      whatIf: false,
      environmentNames: ['A'],
      environmentSecret: facts.secret,
      startTimeoutSeconds: 60,
    },
    startedAt: `2026-01-0${number}T00:00:00.000Z`,
    endedAt: `2026-01-0${number}T00:01:00.000Z`,
    actor: 'ada@here',
    cancelRequested: false,
  });
  const outputs = {
    analyse: {
      source: { repository: 'r', commit, tree: 't', subject: `change ${number}`, warnings: [] },
      plan: plan(),
      confidence: 1,
    },
    build: { artifact, files: 1, bytes: 1, runtimeVersion: '22' },
    'load-balancer': { stack: `${ID}-load-balancer`, outputs: {} },
    compute: { stack: `${ID}-compute-blue`, color: 'blue', release: number },
    migrate: { ran: facts.migrated },
    release: {
      url: 'http://127.0.0.1:8100',
      stack: `${ID}-compute-blue`,
      color: 'blue',
      release: number,
      instances: ['i-1'],
    },
  };
  for (const stage of ['analyse', 'build', 'load-balancer', 'compute', 'migrate', 'release'] as const) {
    const output = JSON.parse(JSON.stringify(outputs[stage]));
    await finishStage(store, { id: executionId, deploymentId: ID }, stage, output, clock.now());
  }
  await store.ensureRelease({
    deploymentId: ID,
    commit,
    artifact,
    configuration: facts.secret,
    createdAt: clock.now(),
    executionId,
  });
}

const artifacts = { find: async () => undefined };
const secrets = {
  get: async (reference: string) => ({ A: reference, SAME: 'x' }),
};

describe('releases', () => {
  test('a migration that cannot be undone freezes the release that ran it', async () => {
    const releases = await listReleases({ store, artifacts }, 'shop');
    expect(releases).toMatchObject([
      { number: 2, mark: 'live', freezes: true, subject: 'change 2', actor: 'ada@here' },
      { number: 1, mark: 'previous', freezes: false, artifactKept: false },
    ]);
  });

  test('one that failed before it was live is marked, and no release before another', async () => {
    await made(3, { migrated: false, secret: 'secret:3' });
    await made(4, { migrated: false, secret: 'secret:4' });
    await store.updateExecution('deploy-3', { status: 'FAILED', endedAt: clock.now() });
    await store.updateDeployment(ID, { liveRelease: 4, previousRelease: undefined });
    expect(await listReleases({ store, artifacts }, 'shop')).toMatchObject([
      { number: 4, mark: 'live' },
      { number: 3, mark: 'never-live', rollbackRefused: 'it was never live' },
      { number: 2, mark: null },
      { number: 1, mark: null },
    ]);
    const { from } = await compareReleases({ store, artifacts, secrets }, 'shop', {});
    expect(from.number).toBe(2);
  });

  test('the one before is compared with the live one, and no value of a variable is told', async () => {
    const comparison = await compareReleases({ store, artifacts, secrets }, 'shop', {});
    expect([comparison.from.number, comparison.to.number]).toEqual([1, 2]);
    expect(comparison.changes.map(({ area, what }) => [area, what])).toEqual([
      ['commit', 'commit'],
      ['environment', 'A'],
    ]);
    expect(JSON.stringify(comparison.changes)).not.toContain('secret:');
    expect(comparison.notes.join()).toContain('the artifact of release 1 is not kept');
  });

  test('secrets that are not kept are said to be uncomparable', async () => {
    const get = async () => {
      throw new HiveMindError('SecretNotFound', 'gone', { hint: '' });
    };
    const { notes } = await compareReleases({ store, artifacts, secrets: { get } }, 'shop', {});
    expect(notes.join()).toContain('they may differ');
  });

  test('fails with ReleaseNotFound for a number that there is not', async () => {
    const wanted = compareReleases({ store, artifacts, secrets }, 'shop', { from: 9 });
    await expect(wanted).rejects.toMatchObject({ name: 'ReleaseNotFound' });
  });
});

/** As the workflow that made release 2 live has left them. */
const PARAMETERS = {
  'load-balancer': {
    listenerPort: '',
    deregistrationDelaySeconds: '5',
    healthCheckPath: plan().healthCheckPath.value,
  },
};

const stack = (name: string, blueprint: Stack['blueprint']): Stack => ({
  name: `${ID}-${name}`,
  blueprint,
  deploymentId: ID,
  status: 'CREATE_COMPLETE',
  parameters: blueprint === 'load-balancer' ? PARAMETERS[blueprint] : {},
  outputs: {},
  failure: null,
});

/** A deployment that somebody has changed. */
function world(change: { stacks?: readonly Stack[]; weights?: Weights; hands?: boolean } = {}) {
  const stacks = change.stacks ?? [stack('load-balancer', 'load-balancer'), stack('compute-blue', 'compute')];
  let weights = change.weights ?? allTrafficTo('blue');
  const started: string[] = [];
  const instance: Instance = {
    id: 'i-1',
    stack: `${ID}-compute-blue`,
    process: 'web',
    exposed: true,
    host: '127.0.0.1',
    port: 1,
    state: 'running',
    restarts: 0,
    lastExit: null,
  };
  const healthy = [{ id: 'i-1', state: 'healthy', reason: null, lastStatus: 200, consecutive: 1 } as const];
  const router = {
    weights: async () => weights,
    health: async () => healthy,
    healthChange: async () => healthy,
    register: async () => undefined,
    shift: async (_: string, wanted: Weights) => {
      weights = wanted;
    },
  };
  const ports: ReconcilePorts = {
    store,
    clock,
    runner: {
      start: async (workflow, executionId) => void started.push(`${workflow} ${executionId.split('-')[0]}`),
    },
    stacks: { describe: async (name) => stacks.find((each) => each.name === name) },
    router,
    instances: { list: async () => [instance] },
    ...(change.hands !== false && {
      hands: { stacks: { remove: async () => true }, router, instances: { start: async () => undefined } },
    }),
  };
  return { ports, started };
}

describe('reconcile', () => {
  test('does nothing where all is as recorded', async () => {
    const { ports, started } = world();
    expect(await observeDrift(ports, 'shop')).toEqual([]);
    expect(await reconcile(ports, 'shop', 'ada@here')).toEqual({ mended: [], left: [], started: null });
    expect(started).toEqual([]);
  });

  test('brings a parameter back that a failed attempt has left', async () => {
    const balancer = stack('load-balancer', 'load-balancer');
    const left = { ...balancer, parameters: { ...balancer.parameters, healthCheckPath: '/broken' } };
    const { ports, started } = world({ stacks: [left, stack('compute-blue', 'compute')] });
    expect(await observeDrift(ports, 'shop')).toMatchObject([
      { kind: 'stack-changed', resource: balancer.name, seen: 'healthCheckPath /broken' },
    ]);
    await reconcile(ports, 'shop', 'ada@here');
    expect(started).toEqual(['upgrade upgrade']);
  });

  test('on AWS asks for the path of the live colour, and of the other one while that is warm', async () => {
    await store.updateDeployment(ID, { liveColor: 'green' });
    const aws = { target: 'aws', networkStage: 'stage-1' } as const;
    const execution = await store.findExecution('deploy-2');
    if (execution?.workflow !== 'deploy') throw new Error('there is none');
    const settings = { ...execution.settings, ...aws };
    const wanted = async () => {
      const deployment = await store.findDeployment(ID);
      if (!deployment) throw new Error('there is none');
      return (await wantedParameters(store, deployment, { ...execution, settings }))('load-balancer');
    };
    const path = plan().healthCheckPath.value;
    expect(await wanted()).toMatchObject({ variant: 'http', greenHealthCheckPath: path });
    expect(Object.keys(await wanted())).not.toContain('blueHealthCheckPath');
    expect(Object.keys(await wanted())).not.toContain('activeColor');
    await store.updateDeployment(ID, { warm: { color: 'blue', release: 1, until: clock.now() } });
    expect(await wanted()).toMatchObject({ blueHealthCheckPath: path });
  });

  test('gives the traffic back at once, writes it down, and frees the lock', async () => {
    const { ports, started } = world({ weights: allTrafficTo('green') });
    const { mended, left } = await reconcile(ports, 'shop', 'ada@here');
    expect([mended.map(({ kind }) => kind), left]).toEqual([['weights-changed'], []]);
    expect(started).toEqual([]);
    const events = await store.listEvents({ deploymentId: ID });
    expect(events.at(-1)).toMatchObject({ type: 'decision', actor: 'ada@here' });
    expect(await store.findLock(ID)).toBeUndefined();
  });

  test('leaves the change to the agents where it may only look', async () => {
    const { ports, started } = world({ weights: allTrafficTo('green'), hands: false });
    const outcome = await reconcile(ports, 'shop', 'ada@here');
    expect(outcome.started).not.toBeNull();
    expect(started).toEqual(['upgrade upgrade']);
  });

  test('sets the live release up again from what is kept when a stack is missing', async () => {
    const { ports, started } = world({ stacks: [stack('load-balancer', 'load-balancer')] });
    const outcome = await reconcile(ports, 'shop', 'ada@here');
    expect(started).toEqual(['upgrade upgrade']);
    const execution = await store.findExecution(outcome.started?.executionId ?? '');
    expect(execution).toMatchObject({
      settings: { toRelease: 2, fromExecution: 'deploy-2', stage: 'stage-1', environmentSecret: 'secret:2' },
    });
  });

  test('starts nothing beside a stack that only the operator can mend', async () => {
    const failed = { ...stack('load-balancer', 'load-balancer'), status: 'UPDATE_FAILED' as const };
    const { ports, started } = world({ stacks: [failed] });
    const { left } = await reconcile(ports, 'shop', 'ada@here');
    expect(left.map(({ kind }) => kind).sort()).toEqual(['stack-failed', 'stack-missing']);
    expect(started).toEqual([]);
  });

  test('fails while somebody else changes the deployment, and during a freeze', async () => {
    const { ports } = world({ weights: allTrafficTo('green') });
    await store.acquireLock(ID, 'update-x', 60);
    await expect(reconcile(ports, 'shop', 'ada')).rejects.toMatchObject({ name: 'DeploymentBusy' });
    await store.releaseLock(ID, 'update-x');
    await store.putFreeze({ reason: 'audit', actor: 'ada', at: clock.now() });
    await expect(reconcile(ports, 'shop', 'ada')).rejects.toMatchObject({ name: 'Frozen' });
  });
});

describe('orphans', () => {
  const resource = (change: Partial<OwnedResource>): OwnedResource => ({
    type: 'stack',
    id: 'ghost-network',
    deploymentId: 'ghost-1',
    since: null,
    blueprint: 'network',
    stray: false,
    keptFor: null,
    ...change,
  });
  const orphanPorts = (resources: readonly OwnedResource[], removed: string[] = []): OrphanPorts => ({
    store,
    clock,
    costs: { estimate: async () => ({ monthlyUsd: 30, items: [], note: '' }) },
    inventory: {
      everything: async () => resources,
      remove: async ({ id }) => {
        if (id === 'stuck')
          throw new HiveMindError('ResourcesLeft', 'it is in use', { hint: 'end its user' });
        removed.push(id);
        return true;
      },
    },
  });

  test('an artifact that a release can run is none, and its cost is told', async () => {
    const artifact = (id: string) => resource({ type: 'artifact', id, deploymentId: null, blueprint: null });
    const ports = orphanPorts([artifact('sha256-1'), artifact('sha256-9'), resource({})]);
    const { orphans, monthlyUsd } = await findOrphans(ports, 0);
    expect(orphans.map(({ id }) => id)).toEqual(['sha256-9', 'ghost-network']);
    expect(monthlyUsd).toBe(30);
  });

  test('what cannot be removed keeps none of the others, and is told with the reason', async () => {
    const removed: string[] = [];
    const ports = orphanPorts(
      [resource({ id: 'stuck' }), resource({}), resource({ deploymentId: ID })],
      removed,
    );
    expect(await removeOrphans(ports, 0)).toEqual({
      removed: [{ type: 'stack', id: 'ghost-network' }],
      left: [{ type: 'stack', id: 'stuck', why: 'it is in use', how: 'end its user' }],
    });
    expect(removed).toEqual(['ghost-network']);
  });
});
