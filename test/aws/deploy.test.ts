import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Home, homeFrom } from '../../src/adapters/local/home.ts';
import { runGit } from '../fixtures/git-repository.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { sessionIn } from './aws-session.ts';
import { type OperatedPlatform, operatedPlatform } from './operated-platform.ts';

const GUESTBOOK = fileURLToPath(new URL('../../examples/guestbook', import.meta.url));
const MINUTES = 60_000;

let platform: OperatedPlatform;
let home: Home;
beforeAll(async () => {
  platform = await operatedPlatform();
  home = homeFrom({ HIVEMIND_HOME: await temporaryFolder() });
}, 1 * MINUTES);
afterAll(() => platform.close());

/** The guestbook in a repository of its own. */
async function guestbook(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(GUESTBOOK, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await runGit(folder, ['init', '--quiet']);
  await commit(folder, 'guestbook');
  return folder;
}

async function commit(folder: string, message: string): Promise<void> {
  await runGit(folder, ['add', '--all']);
  await runGit(folder, ['commit', '--quiet', '--message', message]);
}

/** A command of the operator, while the workflow that it starts is run by the functions. */
async function operate(workflow: 'deploy' | 'destroy', ...argv: string[]) {
  const before = (await platform.executions(workflow)).length;
  const session = await sessionIn(platform.proxy.account, { home });
  const command = session.run(workflow, ...argv);
  await platform.interpret(workflow, await platform.startedAfter(workflow, before));
  return { code: await command, out: session.stdout.text, err: session.stderr.text };
}

/** What the account has of deployments, apart from the control plane. */
async function whatIsLeft(): Promise<readonly string[]> {
  const { settings } = platform.proxy.account;
  const { Stacks = [] } = await new CloudFormationClient(settings).send(new DescribeStacksCommand({}));
  const { ResourceTagMappingList: tagged = [] } = await new ResourceGroupsTaggingAPIClient(settings).send(
    new GetResourcesCommand({ TagFilters: [{ Key: 'hivemind:deployment' }] }),
  );
  const { Reservations = [] } = await new EC2Client(settings).send(new DescribeInstancesCommand({}));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  // An instance that has ended is listed for a while.
  const ended = instances.flatMap(({ InstanceId = '', State }) =>
    State?.Name === 'terminated' ? InstanceId : [],
  );
  return [
    ...Stacks.flatMap(({ StackName }) => (StackName === 'hivemind' ? [] : (StackName ?? []))),
    ...tagged.flatMap(({ ResourceARN = '' }) =>
      ended.some((id) => ResourceARN.endsWith(id)) ? [] : ResourceARN,
    ),
  ];
}

test(
  'an application is deployed, deployed again and destroyed, and nothing is left',
  async () => {
    const folder = await guestbook();
    const first = await operate('deploy', folder, '--name', 'guestbook', '--stage-1');
    expect(first.err).toContain('ran node migrate.js');
    expect(first.out).toContain('guestbook is live');
    expect(first.out).toContain('PostgreSQL 17.6');
    expect(first.code).toBe(0);
    expect(platform.orders.map(({ verb }) => verb)).toContain('start');

    await writeFile(join(folder, 'NEWS.md'), 'a second release');
    await commit(folder, 'news');
    const second = await operate('deploy', folder, '--name', 'guestbook', '--stage-1');
    expect(second.out).toContain('release   2');
    expect(second.out).toContain('blue 0 %, green 100 %');
    expect(second.code).toBe(0);
    const deployment = await platform.store.findDeployment('guestbook');
    expect(deployment).toMatchObject({ status: 'ACTIVE', liveColor: 'green', liveRelease: 2, target: 'aws' });

    const destroyed = await operate('destroy', 'guestbook', '--confirm', 'guestbook');
    expect(destroyed.err + destroyed.out).toContain('nothing is left');
    expect(destroyed.code).toBe(0);
    // The snapshot of its database is what an operator keeps.
    expect((await whatIsLeft()).filter((name) => !name.includes(':snapshot:'))).toEqual([]);
  },
  4 * MINUTES,
);
