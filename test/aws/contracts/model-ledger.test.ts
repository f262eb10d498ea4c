import { describe } from '@jest/globals';
import { awsModelLedger } from '../../../src/adapters/aws/model-ledger.ts';
import { modelCallListContract } from '../../contracts/model-call-list.contract.ts';
import { modelLedgerContract } from '../../contracts/model-ledger.contract.ts';
import { stillClock } from '../../fixtures/still-clock.ts';
import { openStore, TABLE } from '../store-table.ts';

const open = async () => {
  const clock = stillClock();
  const { client } = await openStore();
  return { ledger: awsModelLedger({ client, table: TABLE, clock }), advance: clock.advance };
};

describe('model ledger in DynamoDB', () => {
  modelLedgerContract(open);
  modelCallListContract(open);
});
