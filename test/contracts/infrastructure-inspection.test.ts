import { describe, expect, test } from '@jest/globals';
import { localInfrastructureInspection } from '../../src/adapters/local/infrastructure-inspection.ts';
import { infrastructureInspectionContract } from './infrastructure-inspection.contract.ts';

describe('local infrastructure inspection', () => {
  infrastructureInspectionContract(async () => localInfrastructureInspection);

  test('does not judge this machine', async () => {
    expect(await localInfrastructureInspection.observe('shop-1')).toBeUndefined();
  });
});
