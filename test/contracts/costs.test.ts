import { describe } from '@jest/globals';
import { localCosts } from '../../src/adapters/local/costs.ts';
import { costsContract } from './costs.contract.ts';

describe('local costs', () => costsContract(localCosts));
