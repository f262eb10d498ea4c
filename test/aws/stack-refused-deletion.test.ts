import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import type { Fate } from './proxy.ts';
import { answer, refusal } from './query-answers.ts';
import { type ScenedEngine, scenedEngine } from './scened-engine.ts';
import { OUR_TAGS } from './stack-engine.ts';
import type { SceneEvent, StackScenes } from './stack-scenes.ts';

const NAME = 'shop-abc234-network';
const patience = { patienceSeconds: 20 };

let world: ScenedEngine;
let scenes: StackScenes;
let engine: StackEngine;
/** Stacks that use what the stack exports. */
let importers: readonly string[];
const importsOf = (stacks: readonly string[]): Fate =>
  stacks.length === 0
    ? refusal('ValidationError', 'Export is not imported by any stack.')
    : answer(
        'ListImports',
        `<Imports>${stacks.map((name) => `<member>${name}</member>`).join('')}</Imports>`,
      );

beforeEach(async () => {
  importers = [];
  world = await scenedEngine(({ action }) => (action === 'ListImports' ? importsOf(importers) : undefined));
  ({ scenes, engine } = world);
});
afterEach(() => world.close());

const begun = (verb: string): SceneEvent => ({ status: `${verb}_IN_PROGRESS`, reason: 'User Initiated' });
const changes = () => world.changes();

describe('a deletion that CloudFormation takes back, because another stack imports an export', () => {
  const because = `Delete canceled. Cannot delete export ${NAME}-VpcId as it is in use by other-stack.`;
  const place = (chosen: { token?: string; agedSeconds?: number; events?: readonly SceneEvent[] } = {}) =>
    scenes.place(NAME, {
      statuses: ['CREATE_COMPLETE'],
      tags: OUR_TAGS,
      events: [begun('CREATE'), { status: 'CREATE_COMPLETE' }],
      ...chosen,
    });
  const takeBack = (reason = because) =>
    scenes.next('DELETE', {
      statuses: ['CREATE_COMPLETE'],
      events: [{ status: 'CREATE_COMPLETE', reason }],
    });

  test('fails with StackFailed naming who uses it, and is asked for once', async () => {
    place();
    takeBack();
    importers = ['other-stack', 'another'];
    await expect(engine.remove(NAME, patience)).rejects.toMatchObject({
      code: 'StackFailed',
      message: expect.stringContaining(`"${NAME}" could not be removed: other-stack, another use it`),
    });
    expect(changes()).toEqual(['DeleteStack']);
  });

  test('is asked for afresh as soon as nobody uses it any more', async () => {
    const refused = { status: 'CREATE_COMPLETE', reason: because };
    place({ token: 'hivemind-remove-1-123', events: [begun('DELETE'), refused] });
    expect(await engine.remove(NAME, patience)).toBe(true);
    expect(changes()).toEqual(['DeleteStack']);
  });

  test('is known by the words of an older CloudFormation, without the beginning of a deletion', async () => {
    const reason = `Export ${NAME}-VpcId cannot be deleted as it is in use by other-stack`;
    place({
      events: [begun('UPDATE'), { status: 'UPDATE_COMPLETE' }, { status: 'UPDATE_COMPLETE', reason }],
    });
    importers = ['other-stack'];
    await expect(engine.remove(NAME, patience)).rejects.toMatchObject({ code: 'StackFailed' });
    expect(changes()).toEqual([]);
  });

  test('fails as well when it is taken back for another reason, and is tried again later', async () => {
    place();
    takeBack('Delete canceled. A hook said no.');
    await expect(engine.remove(NAME, patience)).rejects.toMatchObject({
      code: 'StackFailed',
      message: expect.stringContaining('A hook said no'),
    });
  });

  test('is tried again some time later', async () => {
    const refused = { status: 'CREATE_COMPLETE', reason: 'A hook said no.' };
    place({ token: 'hivemind-remove-1-123', agedSeconds: 600, events: [begun('DELETE'), refused] });
    expect(await engine.remove(NAME, patience)).toBe(true);
  });
});
