import { CloudFormationClient, CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { awsStackEngine } from '../../src/adapters/aws/stack-engine.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import { openProxy } from './proxy.ts';
import { type ScenedEngine, scenedEngine } from './scened-engine.ts';
import { engineFacts, networkRequest, OUR_TAGS, TINY_PARAMETERS, TINY_TEMPLATE } from './stack-engine.ts';
import type { StackScenes } from './stack-scenes.ts';

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

const changes = () => world.changes();

describe('a stack that is not ours', () => {
  const mutations = [
    ['deploy', () => engine.deploy(networkRequest(), patience)],
    ['preview', () => engine.preview(networkRequest())],
  ] as const;

  test.each(mutations)('is not touched by %s', async (_, call) => {
    scenes.place(NAME, { statuses: ['CREATE_COMPLETE'], tags: { team: 'another' }, events: [] });
    await expect(call()).rejects.toMatchObject({ code: 'StackNotOurs', hint: expect.any(String) });
    expect(changes()).toEqual([]);
  });

  test.each(mutations)('but of another deployment is not touched by %s', async (_, call) => {
    const tags = { ...OUR_TAGS, 'hivemind:deployment': 'shop-zzz999' };
    scenes.place(NAME, { statuses: ['ROLLBACK_COMPLETE'], tags, events: [] });
    await expect(call()).rejects.toMatchObject({
      code: 'StackNotOurs',
      message: expect.stringContaining('shop-zzz999'),
    });
    expect(changes()).toEqual([]);
  });

  test('is neither described, nor listed, nor removed', async () => {
    scenes.place(NAME, { statuses: ['CREATE_COMPLETE'], events: [] });
    expect(await engine.describe(NAME)).toBeUndefined();
    expect(await engine.list('shop-abc234')).toEqual([]);
    await expect(engine.remove(NAME, patience)).rejects.toMatchObject({ code: 'StackNotOurs' });
    expect(changes()).toEqual([]);
  });

  test.each([
    ['their-change', false],
    ['hivemind-preview-0123', true],
  ])('but only a name that the change set %s keeps', async (ChangeSetName, ours) => {
    await new CloudFormationClient(world.account.settings).send(
      new CreateChangeSetCommand({
        StackName: NAME,
        ChangeSetName,
        ChangeSetType: 'CREATE',
        TemplateBody: '{"Resources":{"Handle":{"Type":"AWS::CloudFormation::WaitConditionHandle"}}}',
      }),
    );
    expect(await engine.describe(NAME)).toBeUndefined();
    const deployed = engine.deploy(networkRequest(), patience);
    if (ours) expect(await deployed).toMatchObject({ status: 'CREATE_COMPLETE' });
    else await expect(deployed).rejects.toMatchObject({ code: 'StackNotOurs' });
  });
});

test('an update that is being tidied up after is complete', async () => {
  scenes.place(NAME, {
    statuses: ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'],
    tags: OUR_TAGS,
    template: TINY_TEMPLATE,
    parameters: TINY_PARAMETERS,
    events: [],
  });
  expect(await engine.deploy(networkRequest(), patience)).toMatchObject({ status: 'UPDATE_COMPLETE' });
  expect(changes()).toEqual([]);
});

test('a request that was carried out by an earlier call is not carried out again', async () => {
  const { parameters, token } = networkRequest();
  await engine.deploy({ ...networkRequest(), parameters: { size: 'tiny' }, token: 'zero' }, patience);
  scenes.next('UPDATE', { statuses: ['UPDATE_IN_PROGRESS'], events: [] });
  const request = networkRequest({ parameters, token });
  expect(await engine.deploy(request, { patienceSeconds: 0 })).toMatchObject({
    status: 'UPDATE_IN_PROGRESS',
  });
  expect(await engine.deploy(request, { patienceSeconds: 0 })).toMatchObject({
    status: 'UPDATE_IN_PROGRESS',
  });
  scenes.settle(NAME, 'UPDATE_COMPLETE');
  expect(await engine.deploy(request, patience)).toMatchObject({ status: 'UPDATE_COMPLETE' });
  expect(scenes.operations).toEqual(['UPDATE one']);
});

test('a template of a newer version changes the stack, and a stack as it should be is left alone', async () => {
  await engine.deploy(networkRequest(), patience);
  const newer = JSON.parse(TINY_TEMPLATE);
  newer.Outputs.Added = { Value: 'yes' };
  const changed = await world
    .engineWith({ templateOf: () => JSON.stringify(newer) })
    .deploy(networkRequest({ token: 'two' }), patience);
  expect(changed).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: { added: 'yes' } });
  const spaced = JSON.stringify(newer, null, 2);
  await world.engineWith({ templateOf: () => spaced }).deploy(networkRequest({ token: 'three' }), patience);
  expect(changes()).toEqual(['CreateStack', 'UpdateStack']);
});

test('a template that asks for the owner is told, and a stack that stands is not changed for another one', async () => {
  const asking = JSON.parse(TINY_TEMPLATE);
  asking.Parameters.Owner = { Type: 'String' };
  asking.Outputs.Owner = { Value: { Ref: 'Owner' } };
  const owned = world.engineWith({ templateOf: () => JSON.stringify(asking) });
  const requestOf = (owner: string, token: string, size = 'small') =>
    owned.deploy(networkRequest({ tags: { owner }, token, parameters: { size } }), patience);
  expect(await requestOf('ann#example', 'one')).toMatchObject({ outputs: { owner: 'ann_example' } });
  const { outputs, parameters } = await requestOf('bob', 'two');
  expect(outputs).toMatchObject({ owner: 'ann_example' });
  expect(Object.keys(parameters)).not.toContain('owner');
  expect(changes()).toEqual(['CreateStack']);
  expect(await requestOf('bob', 'three', 'tiny')).toMatchObject({ outputs: { owner: 'bob' } });
});

test('a parameter that the template does not have is refused before anything is made', async () => {
  const deployed = engine.deploy(networkRequest({ parameters: { colour: 'blue' } }), patience);
  await expect(deployed).rejects.toMatchObject({
    code: 'InternalError',
    message: expect.stringContaining('Colour'),
  });
  expect(changes()).toEqual([]);
});

test('termination protection that somebody has turned on stays on', async () => {
  await engine.deploy(networkRequest(), patience);
  const protectedProxy = await openProxy(world.account, ({ action }) =>
    action === 'DeleteStack'
      ? {
          status: 400,
          contentType: 'text/xml',
          body: '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack [x] cannot be deleted while TerminationProtection is enabled</Message></Error></ErrorResponse>',
        }
      : 'pass',
  );
  const removed = awsStackEngine(engineFacts(protectedProxy.account)).remove(NAME, patience);
  await expect(removed).rejects.toMatchObject({
    code: 'StackFailed',
    hint: expect.stringContaining('turn it off'),
  });
  await protectedProxy.close();
});

test('a stack that AWS does not accept in time is not begun later, when nobody waits for it', async () => {
  const silent = await openProxy(world.account, ({ action }) =>
    action === 'CreateStack' ? new Promise<never>(() => undefined) : 'pass',
  );
  const deployed = awsStackEngine(engineFacts(silent.account)).deploy(networkRequest(), {
    ...patience,
    tooLate: AbortSignal.timeout(300),
  });
  await expect(deployed).rejects.toMatchObject({ code: 'AwsUnavailable' });
  // None at all where even looking for the stack took so long.
  expect(silent.calls.filter(({ action }) => action === 'CreateStack').length).toBeLessThanOrEqual(1);
  await silent.close();
});
