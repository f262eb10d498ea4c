import { describe, expect, test } from '@jest/globals';
import { deploymentDocument } from '../../src/contracts/deployment.ts';
import { releasesDocument } from '../../src/contracts/releases.ts';
import { orphansDocument, orphansRemovedDocument } from '../../src/contracts/upkeep.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { sessionIn } from './aws-session.ts';
import { operatedAccount } from './operated-account.ts';

type Operated = Awaited<ReturnType<typeof operatedAccount>>;

async function run(operated: Operated, ...argv: string[]) {
  const session = await sessionIn(operated.account);
  const code = await session.run(...argv);
  return { code, out: session.stdout.text, err: session.stderr.text };
}

async function deployed(operated: Operated): Promise<string> {
  const { out } = await run(operated, 'deploy', 'https://github.com/owner/shop', '--no-wait', '--json');
  const { id } = deploymentDocument.parse(JSON.parse(out)).deployment;
  await operated.makeLive(id, 'a'.repeat(40));
  await operated.end(await operated.started());
  return id;
}

describe('looking after deployments on AWS', () => {
  test('the releases are listed, and a rollback to nothing earlier is refused', async () => {
    const operated = await operatedAccount();
    await deployed(operated);
    const { code, out } = await run(operated, 'releases', 'shop', '--json');
    expect(code).toBe(0);
    expect(releasesDocument.parse(JSON.parse(out)).releases).toMatchObject([
      { number: 1, mark: 'live', artifactKept: false },
    ]);
    const diff = await run(operated, 'diff', 'shop', '--json');
    expect([diff.code, JSON.parse(diff.err).error.code]).toEqual([4, 'ReleaseNotFound']);
  });

  test('a stack that is gone is drift, and a workflow of the agents mends it', async () => {
    const operated = await operatedAccount();
    const id = await deployed(operated);
    const shown = await run(operated, 'reconcile', 'shop');
    expect(shown.code).toBe(2);
    expect(shown.err).toContain(`${id}-compute-blue: there is none`);
  });

  test('logs without a deployment are orphans, those of a living one are not', async () => {
    const operated = await operatedAccount();
    const id = await deployed(operated);
    await operated.log(id, 'instance', 'i-1', ['one']);
    await operated.log('ghost-abc234', 'instance', 'i-1', ['one']);
    const found = async () => {
      const { out } = await run(operated, 'find-orphans', '--older-than', '0s', '--json');
      return orphansDocument.parse(JSON.parse(out)).orphans;
    };
    expect(await found()).toMatchObject([
      { type: 'log-stream', id: 'ghost-abc234/instance/i-1', verdict: 'orphan' },
    ]);
    const removal = await run(operated, 'find-orphans', '--older-than', '0s', '--delete', '--yes', '--json');
    expect(orphansRemovedDocument.parse(JSON.parse(removal.out)).left).toEqual([]);
    await waitFor(async () => (await found()).length === 0);
  });
});
