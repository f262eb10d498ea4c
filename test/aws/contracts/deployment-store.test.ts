import { describe } from '@jest/globals';
import { deploymentStoreContract } from '../../contracts/deployment-store.contract.ts';
import { executionChangesContract } from '../../contracts/execution-changes.contract.ts';
import { fixRecordsContract } from '../../contracts/fix-records.contract.ts';
import { stillClock } from '../../fixtures/still-clock.ts';
import { openStore } from '../store-table.ts';

describe('deployment store in DynamoDB', () => {
  deploymentStoreContract(async () => {
    const clock = stillClock();
    const { store } = await openStore({ clock });
    return { store, advance: clock.advance };
  });
  executionChangesContract(openStore);
  fixRecordsContract(openStore);
});
