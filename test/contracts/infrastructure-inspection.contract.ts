import { expect, test } from '@jest/globals';
import type { InfrastructureInspection } from '../../src/ports/infrastructure-inspection.ts';

/** What every InfrastructureInspection does. */
export function infrastructureInspectionContract(open: () => Promise<InfrastructureInspection>): void {
  test('claims nothing about a deployment that has no infrastructure', async () => {
    const seen = await (await open()).observe('nobody-1');
    expect([
      undefined,
      { network: null, loadBalancer: null, instances: null, database: null },
    ]).toContainEqual(seen);
  });
}
