import { describe } from '@jest/globals';
import { awsCosts } from '../../src/adapters/aws/costs.ts';
import { localCosts } from '../../src/adapters/local/costs.ts';
import { costsContract } from './costs.contract.ts';

describe('local costs', () => costsContract(localCosts));
describe('AWS costs', () => costsContract(awsCosts));
