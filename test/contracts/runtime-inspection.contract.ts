import { expect, test } from '@jest/globals';
import type { RuntimeInspection } from '../../src/ports/runtime-inspection.ts';

export interface InspectionUnderTest {
  readonly inspection: RuntimeInspection;
  /** Runs a process of this stack that is given the secret, in its arguments as well when told to; returns its reference. */
  readonly run: (stack: string, options: { readonly inArguments: boolean }) => Promise<string>;
}

/** What every RuntimeInspection does. */
export function runtimeInspectionContract(open: () => Promise<InspectionUnderTest>): void {
  test('sees nothing of a stack that does not run', async () => {
    expect(await (await open()).inspection.observe('nothing', [])).toBeUndefined();
  });

  test.each([true, false])('sees whether arguments hold a secret: %s', async (inArguments) => {
    const { inspection, run } = await open();
    const secret = await run('shop-1-compute-blue', { inArguments });
    const seen = await inspection.observe('shop-1-compute-blue', [secret]);
    expect(seen?.processArgumentsHoldSecret).toBe(inArguments);
    expect(seen?.secretFileModes.every(({ mode }) => (mode & 0o077) === 0)).toBe(true);
    const { present = [], intended = [] } = seen?.environmentNames ?? {};
    expect(present.filter((name) => !intended.includes(name) && name !== 'HIVEMIND_OWNER')).toEqual([]);
  });
}
