import { expect, test } from '@jest/globals';
import { keptSnapshots } from './database-snapshots.ts';
import { guestbook } from './guestbook.ts';
import { platformForAll } from './platform-and-operator.ts';

const MINUTES = 60_000;

const suite = platformForAll();

test(
  'an application is deployed, deployed again and destroyed, and nothing is left',
  async () => {
    const { platform, operate, whatIsLeft } = suite();
    const folder = await guestbook();
    const first = await operate('deploy', folder, '--name', 'guestbook', '--stage-1');
    expect(first.err).toContain('ran node migrate.js');
    expect(first.out).toContain('guestbook is live');
    expect(first.out).toContain('PostgreSQL 17.6');
    expect(first.code).toBe(0);
    expect(platform.orders.map(({ verb }) => verb)).toContain('start');

    // A changed variable is a new release of the same artifact, in the other colour.
    const changed = ['--env', 'GREETING=hello'];
    const second = await operate('deploy', folder, '--name', 'guestbook', '--stage-1', ...changed);
    expect(platform.codebuild.started).toBe(1);
    expect(second.out).toContain('release   2');
    expect(second.out).toContain('blue 0 %, green 100 %');
    expect(second.code).toBe(0);
    const deployment = await platform.store.findDeployment('guestbook');
    expect(deployment).toMatchObject({ status: 'ACTIVE', liveColor: 'green', liveRelease: 2, target: 'aws' });

    const destroyed = await operate('destroy', 'guestbook', '--confirm', 'guestbook');
    expect(destroyed.err + destroyed.out).toContain('nothing is left');
    expect(destroyed.code).toBe(0);
    // The snapshot of its database is what an operator keeps, and not the final one of CloudFormation besides.
    expect((await whatIsLeft()).filter((name) => !name.includes(':snapshot:'))).toEqual([]);
    expect(await keptSnapshots(platform.account, deployment?.id)).toEqual([
      expect.stringMatching(/^hivemind-guestbook-[a-z0-9]{6}-database-[0-9a-f]{20}$/),
    ]);
  },
  4 * MINUTES,
);
