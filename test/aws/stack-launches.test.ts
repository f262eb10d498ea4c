import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fate, ProxiedCall } from './proxy.ts';
import { refusal } from './query-answers.ts';
import { launch, type PlayedLaunch, scalingActivities } from './scaling-activities.ts';
import { type ScenedEngine, scenedEngine } from './scened-engine.ts';
import { networkRequest, OUR_TAGS } from './stack-engine.ts';

const NAME = 'shop-abc234-compute-blue';
const REQUEST = networkRequest({ name: NAME, blueprint: 'compute' });
const TAGS = { ...OUR_TAGS, 'hivemind:blueprint': 'compute' };
const patience = { patienceSeconds: 20 };
const AT_ONCE = { patienceSeconds: 0 };

const QUOTA =
  'You have requested more vCPU capacity than your current vCPU limit of 1 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed.';
const NO_CAPACITY =
  'We currently do not have sufficient t3.micro capacity in the Availability Zone you requested (eu-west-1a). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.';
const DENIED = 'You are not authorized to perform this operation. Launching EC2 instance failed.';
const NO_IMAGE = "The image id '[ami-0abc]' does not exist. Launching EC2 instance failed.";

let world: ScenedEngine;
/** What the group has tried, newest first. */
let launches: readonly PlayedLaunch[];
let asked: ProxiedCall[];
let tell: () => Fate;

beforeEach(async () => {
  asked = [];
  launches = [];
  tell = () => scalingActivities(launches);
  world = await scenedEngine((call) => {
    if (call.action !== 'DescribeScalingActivities') return undefined;
    asked.push(call);
    return tell();
  });
});
afterEach(() => world.close());

/** A creation under way, of which this has become so far. */
const creating = (token = REQUEST.token) =>
  world.scenes.place(NAME, {
    statuses: ['CREATE_IN_PROGRESS'],
    tags: TAGS,
    token,
    agedSeconds: 300,
    events: [{ status: 'CREATE_IN_PROGRESS', reason: 'User Initiated' }],
  });

describe('a creation whose instances cannot be launched', () => {
  test('fails at once when a quota is used up, and is left as it is', async () => {
    creating();
    launches = [launch({ secondsAgo: 5, failure: QUOTA })];
    const failure = {
      code: 'QuotaExceeded',
      message: `the stack "${NAME}" could not be created: an instance could not be launched: ${QUOTA.replace(' Launching EC2 instance failed.', '')}`,
      hint: expect.stringContaining('Service Quotas'),
      logTail: [expect.stringMatching(/^Failed \| Launching .* vCPU limit of 1/), expect.any(String)],
    };
    expect(await world.engine.deploy(REQUEST, patience)).toMatchObject({ status: 'CREATE_FAILED', failure });
    expect(await world.engine.deploy(REQUEST, patience)).toMatchObject({ status: 'CREATE_FAILED', failure });
    expect(world.changes()).toEqual([]);
    const [call] = asked.map(({ body }) => new URLSearchParams(body));
    expect(call?.get('AutoScalingGroupName')).toBe(NAME);
    expect(call?.get('IncludeDeletedGroups')).toBe('true');
  });

  test('fails at once with the call that has begun it', async () => {
    world.scenes.next('CREATE', { statuses: ['CREATE_IN_PROGRESS'], events: [] });
    launches = [launch({ secondsAgo: 0, failure: QUOTA })];
    expect(await world.engine.deploy(REQUEST, patience)).toMatchObject({
      status: 'CREATE_FAILED',
      failure: { code: 'QuotaExceeded' },
    });
    expect(world.changes()).toEqual(['CreateStack']);
  });

  test('can be removed while it is still under way', async () => {
    creating();
    launches = [launch({ secondsAgo: 5, failure: QUOTA })];
    await world.engine.deploy(REQUEST, patience);
    expect(await world.engine.remove(NAME, patience)).toBe(true);
    expect(world.changes()).toEqual(['DeleteStack']);
  });

  test('makes room for the next request, which the launches of before say nothing about', async () => {
    creating('an-older-one');
    launches = [launch({ secondsAgo: 5, failure: QUOTA })];
    world.scenes.next('CREATE', {
      statuses: ['CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE'],
      events: [],
    });
    expect(await world.engine.deploy(REQUEST, patience)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(world.changes()).toEqual(['DeleteStack', 'CreateStack']);
  });

  test.each([
    ['AccessDenied', DENIED],
    ['StackFailed', NO_IMAGE],
    ['AccessDenied', 'Client.InternalError: Client error on launch'],
  ])('fails with %s when another launch has failed like it: %s', async (code, failure) => {
    creating();
    launches = [launch({ secondsAgo: 5, failure })];
    expect(await world.engine.deploy(REQUEST, AT_ONCE)).toMatchObject({ failure: null });
    launches = [launch({ secondsAgo: 5, failure }), launch({ secondsAgo: 65, failure })];
    expect(await world.engine.deploy(REQUEST, AT_ONCE)).toMatchObject({
      status: 'CREATE_FAILED',
      failure: { code },
    });
  });
});

describe('a creation goes on', () => {
  test.each<[string, readonly PlayedLaunch[]]>([
    [
      'while AWS has no capacity, which may pass',
      [5, 65, 125].map((secondsAgo) => launch({ secondsAgo, failure: NO_CAPACITY })),
    ],
    [
      'when a later launch went well',
      [launch({ secondsAgo: 5 }), launch({ secondsAgo: 65, failure: QUOTA })],
    ],
    ['whatever became of an earlier group of this name', [launch({ secondsAgo: 900, failure: QUOTA })]],
    [
      'when instances that were launched together were refused once',
      [1, 2].map(() => launch({ secondsAgo: 5, failure: DENIED })),
    ],
    [
      'when an instance could not be ended',
      [{ ...launch({ secondsAgo: 5, failure: QUOTA }), description: 'Terminating EC2 instance: i-1' }],
    ],
  ])('%s', async (_why, played) => {
    creating();
    launches = played;
    expect(await world.engine.deploy(REQUEST, AT_ONCE)).toMatchObject({
      status: 'CREATE_IN_PROGRESS',
      failure: null,
    });
    expect(world.changes()).toEqual([]);
  });

  test('when nobody may read what its group has tried', async () => {
    creating();
    tell = () => refusal('AccessDenied', 'not authorized to perform: autoscaling:DescribeScalingActivities');
    expect(await world.engine.deploy(REQUEST, AT_ONCE)).toMatchObject({ status: 'CREATE_IN_PROGRESS' });
  });

  test('without a question when it has no group', async () => {
    world.scenes.next('CREATE', { statuses: ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE'], events: [] });
    expect(await world.engine.deploy(networkRequest(), patience)).toMatchObject({
      status: 'CREATE_COMPLETE',
    });
    expect(asked).toEqual([]);
  });
});

test('a change that waits for instances goes back by itself, whatever fails', async () => {
  world.scenes.place(NAME, {
    statuses: ['UPDATE_IN_PROGRESS'],
    tags: TAGS,
    events: [],
    token: REQUEST.token,
  });
  launches = [launch({ secondsAgo: 0, failure: QUOTA })];
  expect(await world.engine.deploy(REQUEST, AT_ONCE)).toMatchObject({
    status: 'UPDATE_IN_PROGRESS',
    failure: null,
  });
});
