import { afterEach, expect, test } from '@jest/globals';
import { keptSnapshots } from './database-snapshots.ts';
import { guestbook } from './guestbook.ts';
import type { OperatedOptions } from './operated-platform.ts';
import { platformForAll } from './platform-and-operator.ts';
import { refusal } from './query-answers.ts';

const MINUTES = 60_000;

let weather: OperatedOptions['decide'];

const suite = platformForAll({ decide: (call) => weather?.(call) });

afterEach(() => {
  weather = undefined;
});

test(
  'a destroy without a snapshot leaves none',
  async () => {
    const { platform, operate } = suite();
    const folder = await guestbook();
    const deployed = await operate('deploy', folder, '--name', 'unsaved', '--stage-1');
    expect(deployed.code).toBe(0);
    const deployment = await platform.store.findDeployment('unsaved');
    const destroyed = await operate('destroy', 'unsaved', '--confirm', 'unsaved', '--no-snapshot');
    expect(destroyed.out + destroyed.err).toContain('nothing is left');
    expect(await keptSnapshots(platform.account, deployment?.id)).toEqual([]);
  },
  4 * MINUTES,
);

test(
  'a deployment that was never live leaves none',
  async () => {
    const { platform, operate, whatIsLeft } = suite();
    const folder = await guestbook();
    weather = ({ action, body }) =>
      action === 'CreateStack' && body.includes('-monitoring') ? refusal('ValidationError', 'no') : undefined;
    const failed = await operate('deploy', folder, '--name', 'unborn', '--stage-1', '--fix', 'none');
    expect(failed.code).not.toBe(0);
    const unborn = await platform.store.findDeployment('unborn');
    expect(failed.err).toContain(`stack ${unborn?.id}-database: removed`);
    expect((await whatIsLeft()).filter((name) => name.includes('unborn'))).toEqual([]);
    expect(await keptSnapshots(platform.account, unborn?.id)).toEqual([]);
  },
  4 * MINUTES,
);
