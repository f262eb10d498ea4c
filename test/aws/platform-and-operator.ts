import { type Home, homeFrom } from '../../src/adapters/local/home.ts';
import { openedForAll } from '../fixtures/opened-for-all.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { type OperatedOptions, type OperatedPlatform, operatedPlatform } from './operated-platform.ts';
import { operations } from './operator.ts';

interface PlatformAndOperator extends ReturnType<typeof operations> {
  readonly platform: OperatedPlatform;
  /** Of the operator. */
  readonly home: Home;
}

const MINUTE = 60_000;

/** A platform and an operator with an empty home, until the platform is closed. */
export async function platformAndOperator(options?: OperatedOptions): Promise<PlatformAndOperator> {
  const platform = await operatedPlatform(options);
  const home = homeFrom({ HIVEMIND_HOME: await temporaryFolder() });
  return { platform, home, ...operations(platform, home) };
}

/** The two for all tests of a file. */
export const platformForAll = (options?: OperatedOptions): (() => PlatformAndOperator) =>
  openedForAll({
    open: () => platformAndOperator(options),
    close: ({ platform }) => platform.close(),
    timeoutMilliseconds: MINUTE,
  });
