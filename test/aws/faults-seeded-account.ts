import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { jest } from '@jest/globals';
import { Retry } from '@smithy/core/retry';
import { createAwsPlatform } from '../../apps/api/aws-platform.ts';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { publishSource } from '../../src/adapters/aws/source-repository/publish.ts';
import { repositoryKey } from '../../src/adapters/aws/source-repository/stored-source.ts';
import { homeFrom } from '../../src/adapters/local/home.ts';
import { digestOf } from '../../src/domain/digest.ts';
import type { StartDeployPorts } from '../../src/operations/start-deploy.ts';
import type { SeededWeather } from './faults-seeded-weather.ts';
import { shareProcess } from './function-traces.ts';
import { PLAIN_APPLICATION } from './life-under-faults.ts';
import { type OperatedPlatform, operatedPlatform } from './operated-platform.ts';
import { operations } from './operator.ts';
import { quickBuild } from './quick-build.ts';

/** An account in which the weather of one seed after the other is made. */
export interface SeededAccount {
  readonly operated: OperatedPlatform;
  readonly platform: ReturnType<typeof createAwsPlatform>;
  weather: SeededWeather | undefined;
  /** Number of the commit that a source has now. */
  commit: number;
  /** Stacks, tagged resources, and what is stored of sources, builds and artifacts. */
  whatIsLeft(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Milliseconds. The SDK waits for up to 20 s between two attempts, and most of the tests would be waiting; what it does is the same. */
const BACK_OFF_BASE = 1;
/** What the functions wait for is there at once on the emulator. */
const FASTER = 10;

export async function openSeededAccount(): Promise<SeededAccount> {
  jest.spyOn(Retry, 'delay').mockReturnValue(BACK_OFF_BASE);
  jest.spyOn(Retry, 'throttlingDelay').mockReturnValue(BACK_OFF_BASE);
  const { sleep } = systemClock;
  jest
    .spyOn(systemClock, 'sleep')
    .mockImplementation((milliseconds, signal) => sleep(milliseconds / FASTER, signal));
  shareProcess();
  const current: { weather: SeededWeather | undefined; commit: number } = { weather: undefined, commit: 1 };
  const operated = await operatedPlatform({
    carriesRuntime: false,
    build: quickBuild,
    decide: (call) => current.weather?.decide(call),
    observe: (call, answer) => current.weather?.observe(call, answer),
    invoke: (task) => current.weather?.invoke(task) ?? task.call(task.event),
  });
  // It was forgotten with the account of whoever ran this.
  shareProcess();
  const { account, controlPlane } = operated;
  const directory = await mkdtemp(join(tmpdir(), 'hivemind-seeded-'));
  for (const [name, text] of Object.entries(PLAIN_APPLICATION)) await writeFile(join(directory, name), text);
  const home = homeFrom({ HIVEMIND_HOME: directory });
  const platform = createAwsPlatform({ settings: account.settings, controlPlane, home });
  const publish = publisher(operated, directory, () => current.commit);
  return Object.assign(current, {
    operated,
    platform: { ...platform, publish },
    whatIsLeft: async () => [
      ...(await operations(operated, home).whatIsLeft()),
      ...(await storedKeys(operated)),
    ],
    close: async () => {
      await operated.close();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

/** Stores the same application for every commit; no git is asked. */
function publisher(
  { account, controlPlane }: OperatedPlatform,
  directory: string,
  commitOf: () => number,
): NonNullable<StartDeployPorts['publish']> {
  const bucket = { s3: new S3Client(account.settings), bucket: controlPlane.artifactBucket };
  return async (source) => {
    const commit = commitOf();
    const resolved = {
      repository: repositoryKey(source),
      commit: commitNumber(commit),
      tree: digestOf(commit).slice(0, 40),
      subject: `commit ${commit}`,
      warnings: [],
    };
    return await publishSource(bucket, { source, resolved, directory });
  };
}

/** The programs are the control plane's own. */
async function storedKeys({ account, controlPlane }: OperatedPlatform): Promise<readonly string[]> {
  const list = new ListObjectsV2Command({ Bucket: controlPlane.artifactBucket });
  const { Contents = [] } = await new S3Client(account.settings).send(list);
  return Contents.flatMap(({ Key = '' }) => (Key.startsWith('programs/') ? [] : Key));
}

export const commitNumber = (commit: number): string => commit.toString(16).padStart(40, '0');
