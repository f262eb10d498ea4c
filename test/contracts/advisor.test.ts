import { describe } from '@jest/globals';
import { noAdvice } from '../../src/adapters/anywhere/advisor.ts';
import { advisorContract } from './advisor.contract.ts';

describe('no advisor', () => advisorContract(async () => noAdvice));
