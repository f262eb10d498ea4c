import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Home, homeFrom } from '../../src/adapters/local/home.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { type OperatedPlatform, operatedPlatform } from './operated-platform.ts';
import { operations } from './operator.ts';
import { type Fate, type ProxiedCall, throttled } from './proxy.ts';

/** An application that is built in no time. */
const FILES = {
  'package.json': JSON.stringify({ name: 'plain', scripts: { start: 'node server.js' } }),
  'server.js':
    "require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT);\n",
};

/** Calls that change something; a second one of the same kind goes through. */
const CHANGES =
  /^(Create|Update|Delete|Put|Register|Deregister|Modify|Start|Send|Set|Execute|BatchWrite|TransactWrite|PUT |POST |DELETE )/;

type Weather = (call: ProxiedCall) => Fate | undefined;
let weather: Weather = () => undefined;
let platform: OperatedPlatform;
let home: Home;
beforeAll(async () => {
  platform = await operatedPlatform({ decide: (call) => weather(call), carriesRuntime: false });
  home = homeFrom({ HIVEMIND_HOME: await temporaryFolder() });
}, 60_000);
afterAll(() => platform.close());

/** Every fifth call comes too soon. DynamoDB has a storm of its own in `store-faults.test.ts`; here it would only take long. */
function throttlingStorm(): Weather {
  let calls = 0;
  return (call) => {
    if (call.service === 'dynamodb') return undefined;
    calls += 1;
    return calls % 5 === 0 ? throttled(call) : undefined;
  };
}

/** The first call of each kind that changes something is executed, and its answer never arrives. */
function lostAnswers(): { readonly weather: Weather; readonly lost: Set<string> } {
  const lost = new Set<string>();
  return {
    lost,
    weather: ({ service, action }) => {
      const kind = service === 's3' ? `s3 ${action.split(' ')[0]}` : `${service} ${action}`;
      if (!CHANGES.test(action) || lost.has(kind)) return undefined;
      lost.add(kind);
      return 'lose';
    },
  };
}

async function lifeUnder(name: string, chosen: Weather) {
  const { folder: path } = await gitRepository(FILES);
  const { operate, whatIsLeft } = operations(platform, home);
  const builds = platform.codebuild.started;
  weather = chosen;
  try {
    const deployed = await operate('deploy', path, '--name', name, '--stage-1');
    expect([deployed.code, deployed.err]).toEqual([0, expect.stringContaining('release 1 is live')]);
    const deployment = await platform.store.findDeployment(name);
    expect(deployment).toMatchObject({ status: 'ACTIVE', liveColor: 'blue', liveRelease: 1 });
    expect(await platform.store.listReleases(deployment?.id ?? '')).toHaveLength(1);
    expect(platform.codebuild.started - builds).toBeLessThanOrEqual(1);
    const destroyed = await operate('destroy', name, '--confirm', name);
    expect([destroyed.code, destroyed.err]).toEqual([0, expect.stringContaining('nothing is left')]);
  } finally {
    weather = () => undefined;
  }
  expect(await whatIsLeft()).toEqual([]);
}

describe('a deployment is made once and goes without a trace', () => {
  test('while every fifth call is throttled', () => lifeUnder('stormy', throttlingStorm()), 180_000);

  test('when the answer of every kind of change is lost once', async () => {
    const { weather: losing, lost } = lostAnswers();
    await lifeUnder('lossy', losing);
    expect([...lost]).toEqual(
      expect.arrayContaining([
        'cloudformation CreateStack',
        'cloudformation DeleteStack',
        'dynamodb PutItem',
        'elasticloadbalancing ModifyListener',
        'elasticloadbalancing RegisterTargets',
        'ssm SendCommand',
      ]),
    );
  }, 180_000);
});
