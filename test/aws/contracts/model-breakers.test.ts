import { describe } from '@jest/globals';
import { awsModelBreakers } from '../../../src/adapters/aws/model-breakers.ts';
import { modelBreakersContract } from '../../contracts/model-breakers.contract.ts';
import { openStore, TABLE } from '../store-table.ts';

describe('model breakers in DynamoDB', () => {
  modelBreakersContract(async () => {
    const { client } = await openStore();
    return awsModelBreakers({ client, table: TABLE });
  });
});
