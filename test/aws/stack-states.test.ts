import { StackStatus } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { STACK_STATUSES } from '../../src/domain/stack.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import { type ScenedEngine, scenedEngine } from './scened-engine.ts';
import { networkRequest, OUR_TAGS, TINY_PARAMETERS, TINY_TEMPLATE } from './stack-engine.ts';
import type { SceneEvent, StackScenes } from './stack-scenes.ts';

const NAME = 'shop-abc234-network';
const patience = { patienceSeconds: 20 };

let world: ScenedEngine;
let scenes: StackScenes;
let engine: StackEngine;
beforeEach(async () => {
  world = await scenedEngine();
  ({ scenes, engine } = world);
});
afterEach(() => world.close());

const failed = (resource: string, reason: string, status = 'CREATE_FAILED'): SceneEvent => ({
  resource,
  type: 'AWS::EC2::VPC',
  status,
  reason,
});
const begun = (verb: string): SceneEvent => ({ status: `${verb}_IN_PROGRESS`, reason: 'User Initiated' });

const changes = () => world.changes();

describe('the remains of a failed creation (ROLLBACK_COMPLETE)', () => {
  const place = (token: string) =>
    scenes.place(NAME, {
      statuses: ['ROLLBACK_COMPLETE'],
      tags: OUR_TAGS,
      token,
      events: [
        begun('CREATE'),
        failed('Gateway', 'Resource creation cancelled'),
        failed(
          'Vpc',
          'The maximum number of VPCs has been reached. (Service: Ec2, Status Code: 400, Request ID: 1)',
        ),
        failed('Subnet', 'Resource creation cancelled'),
        { status: 'ROLLBACK_IN_PROGRESS', reason: 'The following resource(s) failed to create: [Vpc].' },
      ],
    });

  test('are the answer to the request that failed, with what failed first', async () => {
    place('one');
    const stack = await engine.deploy(networkRequest(), patience);
    expect(stack).toMatchObject({
      status: 'CREATE_FAILED',
      failure: {
        code: 'QuotaExceeded',
        message: `the stack "${NAME}" could not be created: Vpc (AWS::EC2::VPC): The maximum number of VPCs has been reached.`,
      },
    });
    expect(changes()).toEqual([]);
  });

  test('make room for the next request', async () => {
    place('an-older-one');
    expect(await engine.deploy(networkRequest(), patience)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(changes()).toEqual(['DeleteStack', 'CreateStack']);
  });

  test('are told by describe, and removed by remove', async () => {
    place('an-older-one');
    expect(await engine.describe(NAME)).toMatchObject({
      status: 'CREATE_FAILED',
      failure: { code: 'QuotaExceeded' },
    });
    expect((await engine.preview(networkRequest())).map(({ action }) => action)).toEqual(['create']);
    expect(await engine.remove(NAME, patience)).toBe(true);
    expect(await engine.describe(NAME)).toBeUndefined();
  });

  test('say why they cannot be cleared away', async () => {
    place('an-older-one');
    const held = {
      statuses: ['DELETE_IN_PROGRESS', 'DELETE_FAILED'],
      events: [failed('Vpc', 'has dependencies and cannot be deleted', 'DELETE_FAILED')],
    };
    scenes.next('DELETE', held);
    scenes.next('DELETE', held);
    expect(await engine.deploy(networkRequest(), patience)).toMatchObject({
      status: 'DELETE_FAILED',
      failure: { code: 'StackFailed', message: expect.stringContaining('physical-Vpc') },
    });
  });
});

describe('an update whose rollback failed (UPDATE_ROLLBACK_FAILED)', () => {
  const events = [begun('UPDATE'), failed('Vpc', 'was deleted by hand', 'UPDATE_FAILED')];
  const place = () =>
    scenes.place(NAME, {
      statuses: ['UPDATE_ROLLBACK_FAILED'],
      tags: OUR_TAGS,
      template: TINY_TEMPLATE,
      parameters: { ...TINY_PARAMETERS, Size: 'medium' },
      events,
    });

  test('is continued, and then changed', async () => {
    place();
    expect(await engine.deploy(networkRequest(), patience)).toMatchObject({
      status: 'UPDATE_COMPLETE',
      parameters: { size: 'small' },
    });
    expect(changes()).toEqual(['ContinueUpdateRollback', 'UpdateStack']);
  });

  test('is continued once, and then StackStuck', async () => {
    place();
    scenes.next('CONTINUE', { statuses: ['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED'], events });
    const stuck = { code: 'StackStuck', hint: expect.stringContaining('continue-update-rollback') };
    expect(await engine.deploy(networkRequest(), patience)).toMatchObject({
      status: 'UPDATE_FAILED',
      failure: stuck,
    });
    expect(await engine.deploy(networkRequest(), patience)).toMatchObject({
      status: 'UPDATE_FAILED',
      failure: stuck,
    });
    expect(await engine.describe(NAME)).toMatchObject({ status: 'UPDATE_FAILED', failure: stuck });
    await expect(engine.preview(networkRequest())).rejects.toMatchObject({ code: 'StackStuck' });
    expect(changes()).toEqual(['ContinueUpdateRollback']);
  });

  test('can be removed', async () => {
    place();
    expect(await engine.remove(NAME, patience)).toBe(true);
    expect(changes()).toEqual(['DeleteStack']);
  });
});

describe('a deletion that failed (DELETE_FAILED)', () => {
  const inUse = [
    failed('Subnet', 'has dependencies and cannot be deleted', 'DELETE_FAILED'),
    failed('Vpc', 'is still in use', 'DELETE_FAILED'),
  ];
  const place = (chosen: { token?: string; agedSeconds?: number } = {}) =>
    scenes.place(NAME, {
      statuses: ['DELETE_FAILED'],
      tags: OUR_TAGS,
      events: [begun('DELETE'), ...inUse],
      ...chosen,
    });

  test('is tried again', async () => {
    place();
    expect(await engine.remove(NAME, patience)).toBe(true);
    expect(changes()).toEqual(['DeleteStack']);
  });

  test('fails with StackFailed naming each resource that remains', async () => {
    place();
    scenes.next('DELETE', { statuses: ['DELETE_IN_PROGRESS', 'DELETE_FAILED'], events: inUse });
    const failure = engine.remove(NAME, patience);
    await expect(failure).rejects.toMatchObject({
      code: 'StackFailed',
      message: expect.stringMatching(/physical-Subnet.*dependencies.*physical-Vpc.*in use/),
    });
    expect(changes()).toEqual(['DeleteStack']);
  });

  test('is tried afresh some time later, when something may have been mended', async () => {
    place({ token: 'hivemind-remove-2-123', agedSeconds: 600 });
    expect(await engine.remove(NAME, patience)).toBe(true);
  });

  test('says that it goes on when patience ends', async () => {
    place();
    scenes.next('DELETE', { statuses: ['DELETE_IN_PROGRESS'], events: [] });
    expect(await engine.remove(NAME, { patienceSeconds: 0 })).toBe(false);
    expect(await engine.remove(NAME, { patienceSeconds: 0 })).toBe(false);
    scenes.settle(NAME, 'DELETE_COMPLETE');
    expect(await engine.remove(NAME, { patienceSeconds: 0 })).toBe(true);
    expect(changes()).toEqual(['DeleteStack']);
  });

  test('makes room for a new stack when it succeeds', async () => {
    place();
    expect(await engine.deploy(networkRequest(), patience)).toMatchObject({ status: 'CREATE_COMPLETE' });
  });
});

describe('every status of CloudFormation', () => {
  const there = Object.values(StackStatus).filter((status) => !/DELETE_COMPLETE|REVIEW/.test(status));

  test.each(there)('%s has a word in the domain', async (status) => {
    scenes.place(NAME, { statuses: [status], tags: OUR_TAGS, events: [begun('UPDATE')] });
    const stack = await engine.describe(NAME);
    expect(STACK_STATUSES).toContain(stack?.status);
    expect(stack?.failure !== null).toBe(stack?.status.endsWith('_FAILED'));
  });
});
