import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BlueprintName } from '../../src/domain/stack.ts';
import type { Fate, ProxiedCall } from './proxy.ts';
import { answer, refusal } from './query-answers.ts';
import { type ScenedEngine, scenedEngine } from './scened-engine.ts';
import { networkRequest, OUR_TAGS, TINY_PARAMETERS, TINY_TEMPLATE } from './stack-engine.ts';
import type { SceneEvent } from './stack-scenes.ts';

const patience = { patienceSeconds: 20 };

const PROTECTED = {
  'load-balancer': {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    id: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/1',
    lift: 'ModifyLoadBalancerAttributes',
  },
  database: { type: 'AWS::RDS::DBInstance', id: 'shop-abc234-database', lift: 'ModifyDBInstance' },
} as const;

let world: ScenedEngine;
/** What the stack has made that is protected, and whether it still is. */
let made: (typeof PROTECTED)[keyof typeof PROTECTED];
let isProtected: boolean;
/** Whether the database can be changed now. */
let isBusy: boolean;

const held = (): SceneEvent => ({
  resource: 'Made',
  type: made.type,
  status: 'DELETE_FAILED',
  reason: 'it cannot be deleted because deletion protection is enabled',
});

const resources = (): Fate =>
  answer(
    'DescribeStackResources',
    `<StackResources><member><LogicalResourceId>Made</LogicalResourceId><PhysicalResourceId>${made.id}</PhysicalResourceId>
     <ResourceType>${made.type}</ResourceType><ResourceStatus>DELETE_FAILED</ResourceStatus></member></StackResources>`,
  );

const lift = (action: string): Fate => {
  if (isBusy) return refusal('InvalidDBInstanceState', 'backing-up');
  isProtected = false;
  return answer(action, '');
};

function decide({ action }: ProxiedCall): Fate | undefined {
  if (action === 'DescribeStackResources') return resources();
  if (action === made.lift) return lift(action);
  if (action === 'DescribeDBInstances') {
    const instance = `<DBInstance><DeletionProtection>${isProtected}</DeletionProtection></DBInstance>`;
    return answer(action, `<DBInstances>${instance}</DBInstances>`);
  }
  if (action === 'DeleteStack' && isProtected) {
    world.scenes.next('DELETE', { statuses: ['DELETE_IN_PROGRESS', 'DELETE_FAILED'], events: [held()] });
  }
  return undefined;
}

beforeEach(async () => {
  isProtected = true;
  isBusy = false;
  world = await scenedEngine(decide);
});
afterEach(() => world.close());

describe.each(['load-balancer', 'database'] as const)('a %s that production protects', (blueprint) => {
  const name = `shop-abc234-${blueprint}`;
  const request = networkRequest({ name, blueprint });
  const tags = { ...OUR_TAGS, 'hivemind:blueprint': blueprint satisfies BlueprintName };
  const failure: SceneEvent = { resource: 'Other', type: 'AWS::X::Y', status: 'CREATE_FAILED', reason: 'no' };
  const remains = (chosen: { token?: string; tags?: Record<string, string> } = {}) =>
    world.scenes.place(name, {
      statuses: ['ROLLBACK_FAILED'],
      tags,
      events: [{ status: 'CREATE_IN_PROGRESS' }, failure, held(), { status: 'ROLLBACK_FAILED' }],
      ...chosen,
    });

  beforeEach(() => {
    made = PROTECTED[blueprint];
  });

  test('does not keep what a failed creation has left from making room', async () => {
    remains();
    expect(await world.engine.deploy(request, patience)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(world.changes()).toEqual([made.lift, 'DeleteStack', 'CreateStack']);
  });

  test('stays protected when somebody could not delete what may have stood', async () => {
    world.scenes.place(name, {
      statuses: ['DELETE_FAILED'],
      tags,
      events: [{ status: 'DELETE_IN_PROGRESS' }, held()],
    });
    expect(await world.engine.deploy(request, patience)).toMatchObject({
      status: 'DELETE_FAILED',
      failure: { code: 'StackFailed', message: expect.stringContaining('deletion protection') },
    });
    expect(world.changes()).not.toContain(made.lift);
    expect(world.changes()).not.toContain('CreateStack');
  });

  test('stays protected while the failure is only told', async () => {
    remains({ token: request.token });
    expect(await world.engine.deploy(request, patience)).toMatchObject({ status: 'CREATE_FAILED' });
    expect(world.changes()).toEqual([]);
  });

  test('stays protected in a stack of somebody else', async () => {
    remains({ tags: { ...tags, 'hivemind:deployment': 'other-abc234' } });
    await expect(world.engine.deploy(request, patience)).rejects.toMatchObject({ code: 'StackNotOurs' });
    expect(world.changes()).toEqual([]);
  });

  test('stays protected in a stack that stands', async () => {
    const [template, parameters] = [TINY_TEMPLATE, TINY_PARAMETERS];
    world.scenes.place(name, { statuses: ['CREATE_COMPLETE'], tags, template, parameters, events: [] });
    expect(await world.engine.deploy(request, patience)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(world.changes()).toEqual([]);
  });
});

test('a database that is busy is deleted when its protection could be lifted', async () => {
  made = PROTECTED.database;
  isBusy = true;
  const request = networkRequest({ name: made.id, blueprint: 'database' });
  const tags = { ...OUR_TAGS, 'hivemind:blueprint': 'database' };
  world.scenes.place(made.id, { statuses: ['ROLLBACK_FAILED'], tags, events: [held()] });
  const waiting = await world.engine.deploy(request, { patienceSeconds: 0 });
  expect(waiting).toMatchObject({ status: 'CREATE_IN_PROGRESS' });
  expect(world.changes()).not.toContain('DeleteStack');
  isBusy = false;
  expect(await world.engine.deploy(request, patience)).toMatchObject({ status: 'CREATE_COMPLETE' });
});
