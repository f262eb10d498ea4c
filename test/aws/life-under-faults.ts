import { expect } from '@jest/globals';
import { gitRepository } from '../fixtures/git-repository.ts';
import { platformAndOperator } from './platform-and-operator.ts';
import type { Fate, ProxiedCall } from './proxy.ts';

/** An application that is built in no time. */
export const PLAIN_APPLICATION = {
  'package.json': JSON.stringify({ name: 'plain', scripts: { start: 'node server.js' } }),
  'server.js':
    "require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT);\n",
};

/** What becomes of calls; undefined lets them pass. */
export type Weather = (call: ProxiedCall) => Fate | undefined;

/** A deployment is made once under this weather and goes without a trace. */
export async function expectLifeUnder(chosen: Weather): Promise<void> {
  let weather: Weather = () => undefined;
  const { platform, operate, whatIsLeft } = await platformAndOperator({
    decide: (call) => weather(call),
    carriesRuntime: false,
  });
  const { folder } = await gitRepository(PLAIN_APPLICATION);
  weather = chosen;
  try {
    const deployed = await operate('deploy', folder, '--name', 'plain', '--stage-1');
    expect([deployed.code, deployed.err]).toEqual([0, expect.stringContaining('release 1 is live')]);
    const deployment = await platform.store.findDeployment('plain');
    expect(deployment).toMatchObject({ status: 'ACTIVE', liveColor: 'blue', liveRelease: 1 });
    expect(await platform.store.listReleases(deployment?.id ?? '')).toHaveLength(1);
    expect(platform.codebuild.started).toBeLessThanOrEqual(1);
    const destroyed = await operate('destroy', 'plain', '--confirm', 'plain');
    expect([destroyed.code, destroyed.err]).toEqual([0, expect.stringContaining('nothing is left')]);
    weather = () => undefined;
    expect(await whatIsLeft()).toEqual([]);
  } finally {
    await platform.close();
  }
}
