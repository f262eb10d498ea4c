import { describe } from '@jest/globals';
import { localModelBreakers } from '../../src/adapters/local/model-breakers.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { modelBreakersContract } from './model-breakers.contract.ts';

describe('local model breakers', () => {
  modelBreakersContract(async () => localModelBreakers({ database: openStateDatabase(':memory:') }));
});
